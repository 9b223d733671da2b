import re
from collections import Counter
from hashlib import sha256
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from arena.answers.conversation import request_for
from arena.history.forget import forget_voter
from arena.models import Answer, Battle, Prompt, PromptSet, Vote, Voter
from arena.people.voters import COOKIE
from tests.factories import make_battle, make_entry, make_recorded

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries():
    return make_entry("ZEBRA-7"), make_entry("OKAPI-9")


def post(client, text):
    return client.post("/battles/", {"prompt": text})


def test_the_first_page_has_the_box_and_sets_no_cookie(client):
    response = client.get("/")
    assert "Your prompt" in response.text
    assert COOKIE not in response.cookies
    assert not Voter.objects.exists()


def test_a_prompt_begins_a_battle_of_its_own_voter(client, entries):
    response = post(client, "Why is the sky blue?")
    battle = Battle.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/battles/{battle.pk}/")
    assert battle.turns.get().user_text == "Why is the sky blue?"
    cookie = response.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("    def f(x):\r\n        return x\r\n", "    def f(x):\n        return x"),
        ("\tindented  ", "\tindented  "),
        ("\r\n  \r\n  why?\r\n \r\n\r\n", "  why?"),
    ],
)
def test_a_prompt_is_sent_as_it_was_typed_without_blank_lines_at_its_ends(client, entries, typed, sent):
    post(client, typed)
    battle = Battle.objects.get()
    assert battle.turns.get().user_text == sent
    assert request_for(battle.turns.get().answers.first()).messages[-1].content == sent


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write a prompt first."),
        ("   \n ", "Write a prompt first."),
        ("\t\r\n\u3000", "Write a prompt first."),
        ("x" * 12_001, "12,001 characters"),
        ("before\x00after", "null character"),
        ("half a \ufffd character", "cannot be read"),
    ],
)
def test_what_cannot_be_a_prompt_gets_a_sentence_beside_the_field(client, entries, text, sentence):
    response = post(client, text)
    assert response.status_code == 422
    assert sentence in response.text
    assert 'aria-invalid="true"' in response.text
    assert not Battle.objects.exists()


def test_a_lone_surrogate_is_answered_with_a_sentence(client, entries):
    body = b"prompt=keep+this+%ED%A0%80+text"
    response = client.post("/battles/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 422
    assert "cannot be read" in response.text
    assert "keep this" in response.text


def test_the_text_is_kept_when_it_is_refused(client, entries):
    assert "keep me &lt;b&gt;" in post(client, "keep me <b>\x00").text


def test_twelve_thousand_characters_fit_and_line_ends_count_once(client, entries):
    text = "a\r\n" * 6000
    assert post(client, text).status_code == 302
    assert len(Battle.objects.get().turns.get().user_text) == len("a\n" * 6000) - 1


@pytest.mark.parametrize("body", [b"", b"%", b"prompt", b"\xff\xfe=\xff", b"choice=x"])
def test_a_broken_form_is_never_a_server_error(client, entries, body):
    response = client.post("/battles/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 422


def test_a_broken_multipart_form_is_answered_with_our_page(client, entries):
    response = client.post("/battles/", b"--nope\r\n\r\n", content_type="multipart/form-data; boundary=x\x01y")
    assert response.status_code in (400, 422)


def test_without_models_the_page_says_what_the_operator_does(client):
    response = post(client, "Hello")
    assert response.status_code == 503
    assert "load_catalog" in response.text
    assert ">\nHello</textarea>" in response.text


def test_a_third_open_battle_shows_the_open_ones_and_keeps_the_prompt(client, entries):
    first, _second = post(client, "First")["Location"], post(client, "Second")
    response = post(client, "Third")
    assert response.status_code == 429
    assert response["Retry-After"] == "60"
    assert first in response.text
    assert ">\nThird</textarea>" in response.text


def test_one_button_leaves_the_oldest_open_battle_and_starts_the_prompt(client, entries):
    first, second = post(client, "First")["Location"], post(client, "Second")["Location"]
    assert "Leave the oldest and start" in post(client, "Third").text
    response = client.post("/battles/", {"prompt": "Third", "leave_oldest": "yes"})
    assert response.status_code == 302
    assert [client.get(address).text.count("You left this battle") for address in (first, second)] == [1, 0]
    assert "Third" in client.get(response["Location"]).text


@pytest.mark.parametrize(("typed", "is_recorded"), [("What is a tide?", True), ("What is a tide, in short?", False)])
def test_a_recorded_prompt_that_was_in_the_way_stays_recorded_until_it_is_changed(client, entries, typed, is_recorded):
    post(client, "First"), post(client, "Second")
    prompt = make_recorded("TAPIR-3", "LEMUR-1")
    refused = client.post("/battles/", {"recorded": prompt.pk})
    assert f'name="recorded" value="{prompt.pk}"' in refused.text
    client.post("/battles/", {"recorded": prompt.pk, "prompt": typed, "leave_oldest": "yes"})
    newest = Battle.objects.order_by("created").last()
    assert (newest.is_recorded, newest.turns.get().user_text) == (is_recorded, typed)


def test_a_full_queue_says_when_to_come_again(client, entries, settings):
    settings.QUEUE_LIMIT = 0
    response = post(client, "Hello")
    assert response.status_code == 429
    assert response["Retry-After"] == "30"


def test_surprise_me_fills_the_box(client):
    own = PromptSet.objects.create(slug="agon", name="Agon")
    Prompt.objects.create(set=own, key="tide", text="What pulls the tide?", language="en")
    assert ">\nWhat pulls the tide?</textarea>" in client.get("/?surprise").text
    assert ">\nWhat pulls the tide?</textarea>" in client.get("/?suggestion=tide").text


def test_a_page_that_sends_twice_begins_one_battle(client, entries):
    client.post("/battles/", {"prompt": "Who is there?", "idempotency_key": "nonsense"})
    key = re.search(r'name="idempotency_key" value="([^"]+)"', client.get("/").text)[1]
    addresses = {client.post("/battles/", {"prompt": "Why?", "idempotency_key": key})["Location"] for _ in range(2)}
    assert len(addresses) == 1
    assert Battle.objects.count() == 2


@pytest.fixture
def ideas():
    prompts = PromptSet.objects.create(slug="bench", name="A bench", licence="CC BY 4.0")
    for topic in ("code", "maths", "odd"):
        for number in range(5):
            text = f"{topic} prompt {number}"
            Prompt.objects.create(set=prompts, key=f"{topic}{number}", text=text, topic=topic, language="en")


def test_suggestions_come_by_topic_with_their_licence(client, ideas):
    page = client.get("/?topic=code").text
    assert page.count("code prompt") == 4
    assert "maths prompt" not in page
    assert "A bench (CC BY 4.0)" in page
    assert re.findall(r'href="/\?topic=(\w+)#ideas"', page) == ["code", "maths"]


def test_an_unknown_topic_is_all_topics(client, ideas):
    assert client.get("/?topic=odd<b>").text.count('class="chip"') == 4


def test_the_first_page_takes_a_fixed_number_of_queries(client, ideas, django_assert_num_queries):
    for address in ("/", "/?topic=code"):
        with django_assert_num_queries(6):
            client.get(address)


def test_no_query_of_the_first_page_reads_all_prompts(client, ideas):
    make_recorded("ZEBRA-7", "OKAPI-9")
    with CaptureQueriesContext(connection) as queries:
        for address in ("/", "/?topic=code", "/?surprise", "/?suggestion=code1"):
            client.get(address)
    plans = [line for query in queries for line in plan(query["sql"])]
    assert any("SEARCH arena_prompt " in line for line in plans)
    assert [line for line in plans if "SCAN arena_prompt " in line or "TEMP B-TREE" in line] == []


def plan(sql):
    with connection.cursor() as cursor:
        return [row[-1] for row in cursor.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()]


def test_every_prompt_is_suggested_some_time(client):
    prompts = PromptSet.objects.create(slug="many", name="Many")
    texts = [f"prompt {number}" for number in range(100)]
    Prompt.objects.bulk_create(
        Prompt(set=prompts, key=sha256(text.encode()).hexdigest(), text=text, language="en") for text in texts
    )
    seen = Counter(
        prompt.text for seed in range(300) for prompt in Prompt.objects.suggested("en").at_random(4, Random(seed))
    )
    assert set(seen) == set(texts)
    assert max(seen.values()) < 3 * 12


def test_opening_the_address_of_a_sent_prompt_leads_to_the_box(client):
    assert client.get("/battles/")["Location"] == "/"


def test_the_prompt_of_an_own_battle_can_be_used_again_and_of_no_other(client, entries):
    location = post(client, "My own prompt")["Location"]
    other = make_battle(prompt="Somebody else's prompt")
    again = location.split("/")[2]
    assert "My own prompt" in client.get(f"/?again={again}").text
    assert "Somebody" not in client.get(f"/?again={other.pk}").text
    assert client.get("/?again=nonsense").status_code == 200


def test_recorded_answers_are_one_click_away(client):
    prompt = make_recorded("ZEBRA-7", "OKAPI-9", text="What is a tide?")
    first = client.get("/").text
    assert "recorded answers" in first
    assert f'name="recorded" value="{prompt.pk}"' in first
    assert "What is a tide?" in client.get(reverse("recorded")).text
    response = client.post("/battles/", {"recorded": prompt.pk})
    assert response.status_code == 302
    page = client.get(response["Location"]).text
    assert "These answers are recorded" in page
    assert Battle.objects.get().prompt == prompt


@pytest.mark.parametrize("value", ["", "999999", "x", "1 OR 1=1"])
def test_an_unknown_recorded_prompt_is_answered_with_a_sentence(client, entries, value):
    response = client.post("/battles/", {"recorded": value})
    assert response.status_code == 422
    assert "Choose" in response.text


def test_a_form_without_its_token_is_refused_in_our_words(entries):
    from django.test import Client

    response = Client(enforce_csrf_checks=True).post("/battles/", {"prompt": "Hello"})
    assert response.status_code == 403
    assert "Please send it once more" in response.text


def test_starting_a_battle_enqueues_both_answers_once_it_is_committed(
    client, entries, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        post(client, "Hello")
    assert len(callbacks) == 2
    assert Answer.objects.count() == 2
    assert not Vote.objects.exists()


def test_an_entry_whose_backend_is_missing_fails_later_and_not_the_page(client):
    make_entry(backend="broken"), make_entry(backend="broken")
    assert post(client, "Hello").status_code == 302


def test_a_prompt_of_a_voter_who_is_forgotten_meanwhile_is_a_new_visitors(client, entries):
    post(client, "Before")
    first, forgotten = Voter.objects.get(), []

    def forget_once_the_voter_is_known(execute, sql, *more):
        result = execute(sql, *more)
        if "arena_voter" in sql and not forgotten:
            forgotten.append("begun")
            forget_voter(first, now=timezone.now())
        return result

    with connection.execute_wrapper(forget_once_the_voter_is_known):
        response = post(client, "After")
    assert forgotten
    assert COOKIE in response.cookies
    assert Battle.objects.get(turns__user_text="After").voter != first
    assert client.get(response["Location"]).status_code == 200
