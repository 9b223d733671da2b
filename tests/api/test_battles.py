from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from arena.models import Answer, Battle, LanguageModel, RatingSnapshot, Turn, Vote
from arena.scoring.publish import publish_leaderboard
from tests.api.calling import Program
from tests.factories import make_battle, make_entry, write_answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    make_entry("ZEBRA-7", script="Stripes **matter**.", organisation="Zoo")
    make_entry("OKAPI-9", script="Stripes **matter**.")
    return Program()


def answered(program, **body):
    begun = program.begin(**body)
    write_answers(Battle.objects.get(pk=begun["id"]))
    return f"battles/{begun['id']}"


def test_a_whole_battle_from_the_prompt_to_the_reveal(program):
    begun = program.post("battles", prompt="Why?")
    assert (begun.status_code, begun.json()["status"]) == (201, "running")
    address = begun["Location"].removeprefix("/api/v1/")
    write_answers(Battle.objects.get())
    ready = program.get(address).json()
    assert (ready["status"], ready["may_vote"], ready["reveal"]) == ("ready", True, None)
    assert [answer["text"] for answer in ready["turns"][0]["answers"]] == ["Stripes **matter**."] * 2
    voted = program.post(f"{address}/vote", choice="model_b").json()
    assert (voted["status"], voted["reveal"]["choice"]) == ("voted", "model_b")
    assert {side["name"] for side in voted["reveal"]["sides"]} == {"ZEBRA-7", "OKAPI-9"}
    assert program.get(address).json() == voted


def test_its_vote_is_a_programs_and_off_the_board_until_the_operator_says_otherwise(program, settings):
    reveal = program.post(f"{answered(program)}/vote", choice="tie").json()["reveal"]
    assert (Vote.objects.get().source, reveal["is_counted"]) == ("api", False)
    publish_leaderboard(now=timezone.now())
    assert RatingSnapshot.objects.newest().votes == 0
    settings.COUNTED_SOURCES = ["human", "api"]
    publish_leaderboard(now=timezone.now())
    assert RatingSnapshot.objects.newest().votes == 1


def test_a_second_turn_goes_to_both(program):
    address = answered(program)
    after = program.post(f"{address}/turns", prompt="And now?", turn=2)
    assert (after.status_code, after.json()["next_turn"], after.json()["status"]) == (201, 3, "running")
    again = program.post(f"{address}/turns", prompt="And now?", turn=2)
    assert (again.status_code, Turn.objects.count()) == (201, 2)
    refused = program.post(f"{address}/turns", prompt="And then?")
    assert (refused.status_code, refused.json()["type"]) == (409, "/api/v1/docs#problem-cannot-continue")


def test_what_is_sent_twice_under_one_key_is_one_battle(program):
    key = {"Idempotency-Key": str(uuid4())}
    assert program.begin(headers=key)["id"] == program.begin(headers=key)["id"]
    assert Battle.objects.count() == 1


def test_a_key_that_is_no_uuid_is_refused_with_the_place(program):
    refused = program.post("battles", prompt="Why?", headers={"Idempotency-Key": "again"})
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "header.Idempotency-Key")


def test_what_waits_can_be_stopped(program):
    begun = program.begin()
    stopped = program.post(f"battles/{begun['id']}/stop").json()
    assert stopped["status"] == "lost"
    assert {answer["state"] for answer in stopped["turns"][0]["answers"]} == {"stopped"}


def test_too_many_open_battles_are_refused_until_one_is_left(program, settings):
    settings.OPEN_BATTLES_LIMIT = 1
    first = program.begin()
    refused = program.post("battles", prompt="Why?")
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert refused.json()["battles"] == [first["id"]]
    assert program.post(f"battles/{first['id']}/leave").json()["status"] in ("running", "closed")
    assert program.post("battles", prompt="Why?").status_code == 201


def test_a_full_queue_says_when_to_come_again(program, settings):
    settings.QUEUE_LIMIT = 0
    refused = program.post("battles", prompt="Why?")
    assert (refused.status_code, refused["Retry-After"]) == (429, "30")


def test_too_few_models_a_prompt_for_no_window_and_redis_away_are_told(program, request):
    begun = program.begin()
    LanguageModel.objects.update(context_tokens=1)
    refused = program.post("battles", prompt="Why?")
    assert (refused.status_code, refused.json()["type"]) == (422, "/api/v1/docs#problem-too-long")
    request.getfixturevalue("no_redis")
    refused = program.post(f"battles/{begun['id']}/stop")
    assert (refused.status_code, refused.json()["type"]) == (503, "/api/v1/docs#problem-cannot-stop")
    LanguageModel.objects.update(state="paused")
    refused = program.post("battles", prompt="Why?")
    assert (refused.status_code, refused.json()["type"]) == (503, "/api/v1/docs#problem-not-enough-models")


def test_a_prompt_is_taken_as_it_was_written(program):
    program.post("battles", prompt="\n  def f(x):\n      return x\n")
    assert Battle.objects.get().turns.get().user_text == "  def f(x):\n      return x"


@pytest.mark.parametrize("prompt", ["", "  ", "bad \x00", "half \ud83d", "x" * 12_001])
def test_a_prompt_that_no_page_would_take_is_refused(program, prompt):
    refused = program.post("battles", prompt=prompt)
    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")
    assert not Battle.objects.exists()


def test_a_vote_is_refused_while_answers_are_written_and_where_it_says_otherwise(program):
    begun = program.begin()
    early = program.post(f"battles/{begun['id']}/vote", choice="tie")
    assert (early.status_code, early.json()["type"]) == (409, "/api/v1/docs#problem-cannot-vote")
    write_answers(Battle.objects.get())
    assert program.post(f"battles/{begun['id']}/vote", choice="left").status_code == 422
    assert program.post(f"battles/{begun['id']}/vote", choice="tie").status_code == 200
    assert program.post(f"battles/{begun['id']}/vote", choice="tie").status_code == 200
    other = program.post(f"battles/{begun['id']}/vote", choice="model_a")
    assert (other.status_code, other.json()["type"]) == (409, "/api/v1/docs#problem-voted-otherwise")
    assert Vote.objects.count() == 1


def test_anothers_battle_is_as_unknown_as_none(program):
    for battle_id in (make_battle().pk, Battle.objects.get(pk=answered(Program())[8:]).pk, uuid4()):
        for refused in (
            program.get(f"battles/{battle_id}"),
            program.post(f"battles/{battle_id}/vote", choice="tie"),
            program.post(f"battles/{battle_id}/stop"),
            program.post(f"battles/{battle_id}/leave"),
            program.post(f"battles/{battle_id}/turns", prompt="Why?"),
        ):
            assert (refused.status_code, refused.json()["detail"]) == (404, "This token has no such battle.")


def test_where_speed_is_hidden_a_finished_side_shows_no_words_before_the_other(program, settings):
    settings.PACING = "when_done"
    begun = program.begin()
    Answer.objects.filter(slot="a").update(state="done", text="First.")
    assert "First." not in program.get(f"battles/{begun['id']}").text


def test_a_battle_that_is_too_old_is_closed(program):
    address = answered(program)
    Battle.objects.update(created=timezone.now() - timedelta(days=2))
    assert program.get(address).json()["status"] == "closed"


def test_no_answer_about_a_battle_may_be_kept_by_a_cache(program):
    begun = program.begin()
    assert "no-store" in program.get(f"battles/{begun['id']}")["Cache-Control"]


def test_a_program_may_ask_for_the_headers_of_a_battle_alone(program):
    address = f"/api/v1/battles/{program.begin()['id']}"
    told = program.client.head(address, headers=program.headers)
    assert (told.status_code, told.content, "no-store" in told["Cache-Control"]) == (200, b"", True)


def test_a_battle_takes_a_fixed_number_of_queries(program, django_assert_num_queries):
    address = answered(program)
    for number in (2, 3):
        program.post(f"{address}/turns", prompt="And now?", turn=number)
        write_answers(Battle.objects.get())
    with django_assert_num_queries(4):
        assert len(program.get(address).json()["turns"]) == 3
