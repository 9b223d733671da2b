import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arena.models import Answer, Battle, Choice, RatingSnapshot, Turn, Vote
from arena.people.voters import COOKIE, new_voter, remember_voter
from arena.votes.cast import cast_vote
from tests.factories import make_battle, make_entry, make_recorded, make_voter, write_answers
from tests.pages import compact

pytestmark = pytest.mark.django_db
#: What the page's script sends along.
AS_PART = {"X-Requested-With": "fetch"}


@pytest.fixture
def voter(client):
    """The voter of this browser."""
    from django.http import HttpResponse

    known, key = new_voter()
    known.save()
    response = HttpResponse()
    remember_voter(response, key)
    client.cookies[COOKIE] = response.cookies[COOKIE].value
    return known


@pytest.fixture
def battle(voter):
    return make_battle(make_entry("ZEBRA-7", organisation="Zoo"), make_entry("OKAPI-9"), voter=voter)


def act(client, battle, verb, data=None):
    return client.post(f"/battles/{battle.pk}/{verb}/", data or {})


def test_the_reply_to_the_vote_is_the_reveal(client, battle):
    response = act(client, battle, "vote", {"choice": "model_a"})
    assert response.status_code == 200
    for words in ("You preferred ZEBRA-7 over OKAPI-9", "Zoo", "+2.0", "−2.0", "The board did not know these two"):
        assert words in response.text
    assert "50%" not in response.text
    assert Vote.objects.get().choice == "model_a"


def test_the_step_shown_is_the_step_that_the_board_makes(client, battle):
    from arena.scoring.publish import publish_leaderboard

    act(client, battle, "vote", {"choice": "model_a"})
    publish_leaderboard(now=timezone.now())
    assert RatingSnapshot.objects.newest_elo(battle.model_a_id)[battle.model_a_id] == 1002.0


def test_the_same_vote_again_gets_the_same_answer_and_another_409(client, battle):
    first = act(client, battle, "vote", {"choice": "tie"})
    again = act(client, battle, "vote", {"choice": "tie"})
    other = act(client, battle, "vote", {"choice": "model_b"})
    assert (first.status_code, again.status_code, other.status_code) == (200, 200, 409)
    assert "Your first vote stands" in other.text
    assert Vote.objects.get().choice == "tie"


@pytest.mark.parametrize("choice", ["", "left", "A", "model_c", "tie (bothbad)"])
def test_an_unknown_choice_is_an_error_and_never_a_tie(client, battle, choice):
    response = act(client, battle, "vote", {"choice": choice})
    assert response.status_code == 422
    assert not Vote.objects.exists()


def test_a_vote_before_both_answers_are_done_is_refused(client, battle):
    Answer.objects.filter(turn__battle=battle, slot="b").update(state="streaming")
    response = act(client, battle, "vote", {"choice": "model_a"})
    assert response.status_code == 409
    assert "ZEBRA-7" not in response.text


@pytest.mark.parametrize("verb", ["", "queue/", "vote/", "turns/", "leave/", "retry/"])
def test_another_voters_battle_is_as_unknown_as_none(client, voter, verb):
    other = make_battle(voter=make_voter())
    for id in (other.pk, uuid.uuid4()):
        address = f"/battles/{id}/{verb}"
        response = (
            client.get(address) if verb in ("", "queue/") else client.post(address, {"choice": "tie", "prompt": "x"})
        )
        assert response.status_code == 404
        assert "Nothing is here" in response.text


@pytest.mark.parametrize(
    "forge", [lambda real: "0" * 32 + ":forged", lambda real: real[:-3] + "abc", lambda real: real[:32]]
)
def test_a_forged_cookie_is_nobody(client, battle, forge):
    client.cookies[COOKIE] = forge(client.cookies[COOKIE].value)
    assert client.get(f"/battles/{battle.pk}/").status_code == 404


def test_a_follow_up_is_a_new_turn_for_both(client, battle):
    response = act(client, battle, "turns", {"prompt": "And at night?"})
    assert response["Location"] == f"/battles/{battle.pk}/#turn-2"
    assert [turn.user_text for turn in Turn.objects.all()] == ["Why is the sky blue?", "And at night?"]
    assert Answer.objects.filter(turn__number=2, state="pending").count() == 2


def test_a_refused_follow_up_keeps_its_text(client, battle):
    response = act(client, battle, "turns", {"prompt": "keep me\x00"})
    assert (response.status_code, "keep me" in response.text) == (422, True)
    act(client, battle, "vote", {"choice": "tie"})
    closed = act(client, battle, "turns", {"prompt": "after the vote"})
    assert closed.status_code == 409


def test_a_battle_has_at_most_twenty_turns(client, battle, settings):
    settings.MAX_TURNS = 1
    assert act(client, battle, "turns", {"prompt": "One more"}).status_code == 409
    assert "data-composer" not in client.get(f"/battles/{battle.pk}/").text


def test_recorded_battles_have_one_turn(client, voter):
    prompt = make_recorded("TAPIR-3", "LEMUR-1")
    battle = make_battle(voter=voter)
    Battle.objects.filter(pk=battle.pk).update(prompt=prompt)
    assert act(client, battle, "turns", {"prompt": "One more"}).status_code == 409


def test_a_closed_battle_says_so_and_names_nobody(client, battle):
    Battle.objects.filter(pk=battle.pk).update(created=timezone.now() - timedelta(hours=25))
    assert "This battle is closed" in client.get(f"/battles/{battle.pk}/").text
    response = act(client, battle, "vote", {"choice": "tie"})
    assert response.status_code == 409
    assert "ZEBRA-7" not in response.text


def test_leaving_makes_room_and_reveals_nothing(client, battle):
    assert act(client, battle, "leave").status_code == 302
    page = client.get(f"/battles/{battle.pk}/").text
    assert "You left this battle" in page
    assert "ZEBRA-7" not in page


def failed_battle(voter):
    return write_answers(make_battle(make_entry(backend="broken"), make_entry(), voter=voter, is_answered=False))


def test_where_a_side_failed_before_its_first_word_another_pair_is_asked_once(client, voter):
    battle = failed_battle(voter)
    page = client.get(f"/battles/{battle.pk}/").text
    assert "Model A did not answer" in page
    assert "Try again" in page
    assert "vote-bar" not in page
    again = {"prompt": hidden(page, "prompt"), "idempotency_key": hidden(page, "idempotency_key")}
    first, second = (client.post("/battles/", again)["Location"] for _ in range(2))
    other = Battle.objects.exclude(pk=battle.pk).get()
    assert first == second == f"/battles/{other.pk}/"
    assert other.all_turns[0].user_text == "Why is the sky blue?"


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


def test_the_pair_of_which_a_side_failed_is_not_asked_again(client, voter):
    battle = failed_battle(voter)
    assert act(client, battle, "retry")["Location"] == f"/?again={battle.pk}"
    assert Answer.objects.get(turn__battle=battle, slot="a").state == "failed"


def test_where_a_later_turn_failed_its_prompt_goes_to_the_first_page(client, battle):
    act(client, battle, "turns", {"prompt": "And at night?"})
    Answer.objects.filter(turn__number=2).update(state="failed")
    assert "Try again in a new battle" in client.get(f"/battles/{battle.pk}/").text
    assert act(client, battle, "retry")["Location"] == f"/?again={battle.pk}"


def test_a_side_that_failed_is_not_told_while_the_other_is_written(client, voter):
    battle = make_battle(voter=voter, is_answered=False)
    Answer.objects.filter(turn__battle=battle, slot="a").update(state="failed")
    page = client.get(f"/battles/{battle.pk}/").text
    assert "The models are working" in page
    assert "did not answer" not in page.split("<template")[0]
    assert "is being answered" in client.get("/history/").text
    assert act(client, battle, "retry")["Location"] == f"/battles/{battle.pk}/"
    assert "Both answers have to be complete" in act(client, battle, "vote", {"choice": "tie"}).text


def test_a_side_that_failed_after_words_leads_to_a_new_battle_with_the_prompt(client, battle):
    failed = {"state": "failed", "first_text_at": timezone.now()}
    Answer.objects.filter(turn__battle=battle, slot="a").update(**failed)
    page = client.get(f"/battles/{battle.pk}/").text
    assert "Try again in a new battle" in page
    response = act(client, battle, "retry")
    assert response["Location"] == f"/?again={battle.pk}"
    assert "Why is the sky blue?" in client.get(response["Location"]).text


def test_turns_left_out_are_said_once_their_windows_are_no_secret(client, battle):
    for _ in range(2):
        act(client, battle, "turns", {"prompt": "And then?"})
        write_answers(battle)
    battle.turns.filter(number=3).update(first_turn_in_window=3)
    assert "left out" not in client.get(f"/battles/{battle.pk}/").text
    assert "the oldest 2 messages were left out" in act(client, battle, "vote", {"choice": "tie"}).text


def test_the_page_says_how_many_answers_wait_in_the_whole_arena(client, voter):
    make_battle(make_entry(weights="some"), is_answered=False)
    battle = make_battle(make_entry(weights="others"), voter=voter, is_answered=False)
    assert "2 answers are waiting in the whole arena." in client.get(f"/battles/{battle.pk}/queue/").text


def test_who_waits_and_who_writes_look_alike_and_one_clock_stands_for_both(client, voter):
    battle = make_battle(voter=voter, is_answered=False, now=timezone.now() - timedelta(seconds=12.5))
    Answer.objects.filter(turn__battle=battle, slot="a").update(state="streaming", attempt=1)
    page = client.get(f"/battles/{battle.pk}/").text
    (seconds,) = re.findall(r"The models are working, (\d+) s", page)
    assert int(seconds) >= 12
    sides = [article.split("</article>")[0] for article in page.split("<article")[1:]]
    assert len(sides) == 2
    swapped = sides[1].replace('"b"', '"a"').replace("--b", "--a").replace(">B<", ">A<").replace("Model B", "Model A")
    assert swapped == sides[0]


def test_the_page_of_a_battle_and_its_vote_take_a_fixed_number_of_queries(client, battle):
    def queries(ask):
        with CaptureQueriesContext(connection) as asked:
            assert ask().status_code == 200
        return sum("SAVEPOINT" not in query["sql"] for query in asked)

    assert queries(lambda: client.get(f"/battles/{battle.pk}/")) <= 8
    assert queries(lambda: act(client, battle, "vote", {"choice": "tie"})) <= 11
    assert queries(lambda: client.get(f"/battles/{battle.pk}/")) <= 8


def test_a_page_that_is_open_gets_only_what_has_changed(client, battle):
    def part(verb, data=None):
        address = f"/battles/{battle.pk}/{verb}"
        asked = {"headers": AS_PART}
        return client.get(address, **asked) if data is None else client.post(address, data, **asked)

    turn = part("turns/", {"prompt": "And at night?"})
    assert (turn.status_code, turn.text.count('class="turn"'), "data-stop" in turn.text) == (200, 1, True)
    write_answers(battle)
    again = part("again/", {})
    assert (again.text.count('class="turn"'), 'data-replaces="turn-2"' in again.text) == (1, True)
    write_answers(battle)
    settled = part("")
    assert ("<html" in settled.text, "data-vote" in settled.text, 'class="turn"' in settled.text) == (
        False,
        True,
        False,
    )
    assert settled["Vary"].count("X-Requested-With") == 1
    vote = part("vote/", {"choice": "model_a"})
    assert 'data-told-name="ZEBRA-7"' in vote.text
    assert len(vote.content) <= 6_000


def test_what_an_open_page_is_told_of_an_answer_is_how_it_ended(client, battle):
    Answer.objects.filter(turn__battle=battle, slot="b").update(finish_reason="length")
    told = compact(client.get(f"/battles/{battle.pk}/", headers=AS_PART).text)
    assert '<div data-told-end="1" data-slot="b"><span data-state-label>cut</span>' in told
    assert "ZEBRA-7" not in told


def test_an_open_page_hears_over_its_socket_that_it_was_stopped(client, voter):
    battle = make_battle(voter=voter, is_answered=False)
    assert client.post(f"/battles/{battle.pk}/stop/", headers=AS_PART).status_code == 204


def test_a_running_battle_works_without_javascript(client, voter):
    battle = make_battle(voter=voter, is_answered=False)
    assert '<noscript><meta http-equiv="refresh"' in client.get(f"/battles/{battle.pk}/").text


@pytest.mark.parametrize(
    "address", ["/nowhere/", "/battles/not-a-uuid/", "/battles/00000000-0000-0000-0000-000000000000/"]
)
def test_unknown_addresses_get_our_page(client, address):
    response = client.get(address)
    assert response.status_code in (404, 405)


def test_no_page_may_be_kept_by_a_cache_or_framed(client, battle):
    response = client.get(f"/battles/{battle.pk}/")
    assert "no-store" in response["Cache-Control"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"


def test_stopping_ends_both_sides_and_the_page_says_what_is_left(client, voter):
    battle = make_battle(voter=voter, is_answered=False)
    response = act(client, battle, "stop")
    assert response.status_code == 302
    page = client.get(f"/battles/{battle.pk}/").text
    assert "You stopped before both had answered" in page
    assert "New battle with this prompt" in page
    assert "Try again" not in page


def test_a_running_battle_can_be_stopped_and_a_finished_one_has_no_button_for_it(client, voter):
    assert "Stop both" in client.get(f"/battles/{make_battle(voter=voter, is_answered=False).pk}/").text
    assert "Stop both" not in client.get(f"/battles/{make_battle(voter=voter).pk}/").text


def test_a_vote_on_a_stopped_answer_shows_the_names_and_says_that_it_is_not_counted(client, battle):
    Answer.objects.filter(turn__battle=battle, slot="b").update(state="stopped", text="Half an ans")
    page = client.get(f"/battles/{battle.pk}/").text
    assert "Half an ans" in page
    assert "is not counted" in page
    reveal = act(client, battle, "vote", {"choice": "model_a"}).text
    assert "ZEBRA-7" in reveal
    assert "kept and not counted" in reveal
    assert "+2.0" not in reveal


def test_without_redis_the_page_says_that_nothing_was_stopped(client, voter, no_redis):
    response = act(client, make_battle(voter=voter, is_answered=False), "stop")
    assert response.status_code == 503
    assert "cannot be stopped right now" in response.text


@pytest.mark.parametrize("way", ["lockstep", "when_done"])
def test_no_page_shows_which_side_is_further_unless_the_arena_is_live(client, voter, settings, way):
    settings.PACING = way
    battle = make_battle(voter=voter, is_answered=False)
    Answer.objects.filter(turn__battle=battle, slot="a").update(state="done", text="Quick", attempt=1)
    page = client.get(f"/battles/{battle.pk}/").text
    assert "Quick" not in page
    assert page.count('data-state="pending"') == 2


def test_other_answers_to_the_last_prompt_replace_it_on_the_page(client, battle):
    response = act(client, battle, "again")
    assert response.url.endswith("#turn-2")
    write_answers(battle)
    page = client.get(f"/battles/{battle.pk}/").text
    assert "Earlier answers to this prompt" in page
    assert page.count('class="turn__prompt"') == 1


def test_a_page_that_sends_twice_adds_one_turn(client, battle):
    page = compact(client.get(f"/battles/{battle.pk}/").text)
    assert page.count('name="turn" value="2"') == 2
    for _ in range(2):
        response = act(client, battle, "turns", {"prompt": "And then?", "turn": "2"})
        assert response["Location"].endswith("#turn-2")
    assert Turn.objects.filter(battle=battle).count() == 2
    assert act(client, battle, "turns", {"prompt": "More", "turn": "x²"}).status_code == 409


def test_a_voted_battle_takes_no_further_answers(client, battle):
    act(client, battle, "vote", {"choice": "tie"})
    response = act(client, battle, "again")
    assert response.status_code == 409
    assert "takes no further answers" in response.text


def test_after_the_vote_one_may_say_why_and_before_it_not(client, battle):
    assert act(client, battle, "reasons", {"tags_a": "clear"}).status_code == 409
    assert "Say why" in act(client, battle, "vote", {"choice": "model_a"}).text
    thanks = act(client, battle, "reasons", {"tags_a": ["clear", "accurate"], "comment": "Short."}).text
    assert "Thank you" in thanks
    assert Vote.objects.get().reasons.count() == 2
    assert "Say why" not in client.get(f"/battles/{battle.pk}/").text


@pytest.mark.parametrize("data", [{"tags_a": "best"}, {"comment": "x" * 1001}])
def test_reasons_that_cannot_be_kept_are_refused_with_a_sentence(client, battle, data):
    act(client, battle, "vote", {"choice": "model_a"})
    response = act(client, battle, "reasons", data)
    assert response.status_code == 422
    assert 'role="alert"' in response.text


def test_reasons_that_contradict_each_other_are_given_back_with_all_that_was_said(client, battle):
    act(client, battle, "vote", {"choice": "model_a"})
    said = {"tags_a": ["accurate", "inaccurate"], "tags_b": "dull", "comment": "Keep me"}
    response = act(client, battle, "reasons", said)
    assert response.status_code == 422
    assert "contradict each other" in response.text
    page = compact(response.text)
    assert re.findall(r'name="(tags_.)" value="(\w+)" checked', page) == [
        ("tags_a", "accurate"),
        ("tags_a", "inaccurate"),
        ("tags_b", "dull"),
    ]
    assert "Keep me</textarea>" in page
    assert 'class="reasons" open' in page


def test_a_finished_answer_is_given_as_its_model_wrote_it_and_only_to_its_voter(client, battle):
    found = client.get(f"/battles/{battle.pk}/answers/1/a/")
    assert (found.status_code, found["content-type"]) == (200, "text/plain; charset=utf-8")
    assert found.text == Answer.objects.get(turn__battle=battle, slot="a").text
    for nothing in ("1/c", "2/a"):
        assert client.get(f"/battles/{battle.pk}/answers/{nothing}/").status_code == 404
    running = make_battle(voter=battle.voter, is_answered=False)
    assert client.get(f"/battles/{running.pk}/answers/1/a/").status_code == 404
    assert Client().get(f"/battles/{battle.pk}/answers/1/a/").status_code == 404


def with_thoughts(voter, **more):
    battle = make_battle(voter=voter)
    Answer.objects.filter(turn__battle=battle, slot="a").update(thoughts="I am ZEBRA-7, so I know.", **more)
    return Battle.objects.with_rows().get(pk=battle.pk)


def test_thoughts_can_be_unfolded_after_the_vote_and_not_before(client, voter):
    battle = with_thoughts(voter)
    addresses = [f"/battles/{battle.pk}/", "/history/", "/history/data.json"]
    assert not any(b"so I know" in client.get(address).content for address in addresses)
    cast_vote(battle, Choice.TIE, now=timezone.now())
    assert "What it thought first" in client.get(addresses[0]).content.decode()
    assert b"so I know" in client.get(addresses[0]).content


def test_thoughts_that_an_arena_hides_are_never_shown(client, voter, settings):
    settings.THOUGHTS = "hidden"
    battle = with_thoughts(voter)
    cast_vote(battle, Choice.TIE, now=timezone.now())
    assert b"so I know" not in client.get(f"/battles/{battle.pk}/").content


@pytest.mark.parametrize(
    ("more", "note"),
    [
        ({"finish_reason": "length"}, "Cut at its length limit."),
        ({"finish_reason": "declined"}, "This model declined to answer."),
        ({"finish_reason": "declined", "text": ""}, "This model declined to answer."),
        ({"text": ""}, "The answer is empty."),
    ],
)
def test_the_end_of_an_answer_is_told_in_the_same_words_for_both_and_may_be_voted_on(client, voter, more, note):
    battle = make_battle(voter=voter)
    Answer.objects.filter(turn__battle=battle).update(**more)
    page = client.get(f"/battles/{battle.pk}/").content.decode()
    assert page.count(note) == 2
    assert page.count("data-vote") == client.get(f"/battles/{make_battle(voter=voter).pk}/").content.decode().count(
        "data-vote"
    )


def test_a_prompt_that_was_too_long_is_told_and_kept(client, voter):
    battle = make_battle(voter=voter, prompt="A very long tale")
    Answer.objects.filter(turn__battle=battle, slot="b").update(state="failed", text="", finish_reason="too-long")
    page = client.get(f"/battles/{battle.pk}/").content.decode()
    assert "too long for the models here" in page
    assert f"?again={battle.pk}" in page


def test_what_an_answer_took_is_shown_with_the_names(client, voter):
    battle = make_battle(make_entry(price_in=2.0, price_out=8.0), voter=voter)
    counts = {"tokens": 500, "prompt_tokens": 1200, "cached_tokens": 200, "facts": {"model": "zebra-7-2026"}}
    Answer.objects.filter(turn__battle=battle, slot="a").update(**counts)
    assert "zebra-7-2026" not in client.get(f"/battles/{battle.pk}/").content.decode()
    cast_vote(Battle.objects.with_rows().get(pk=battle.pk), Choice.TIE, now=timezone.now())
    page = " ".join(client.get(f"/battles/{battle.pk}/").content.decode().split())
    for shown in ("1,200 tokens", "(200 from a cache)", "$0.0064", "zebra-7-2026"):
        assert shown in page
