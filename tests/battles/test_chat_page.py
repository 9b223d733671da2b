import re

import pytest

from arena.answers import breakers
from arena.models import Answer, Battle
from arena.people.voters import COOKIE
from tests.factories import make_battle, make_entry, write_answers
from tests.pages import compact

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries():
    return make_entry("ZEBRA-7", organisation="Zoo", licence="MIT"), make_entry("OKAPI-9")


def send(client, **fields):
    return client.post("/chat/", {"prompt": "Why?", "model": "zebra-7"} | fields)


def page_of(client, battle):
    return client.get(f"/battles/{battle.pk}/").text


def answered(client, **fields):
    send(client, **fields)
    return write_answers(Battle.objects.with_rows().get())


def test_the_page_offers_who_can_answer_and_sets_no_key(client, entries):
    make_entry("TAPIR-3", state="paused")
    response = client.get("/chat/?model=okapi-9")
    assert re.findall(r'<option value="([^"]*)"', response.text) == ["okapi-9", "zebra-7"]
    assert '<option value="okapi-9" selected>' in response.text
    assert COOKIE not in response.cookies


def test_side_by_side_offers_two_and_begins_with_two_different_ones(client, entries):
    page = client.get("/side-by-side/?model=okapi-9").text
    assert re.findall(r'<option value="([^"]*)" selected', compact(page)) == ["okapi-9", "zebra-7"]
    assert client.post("/side-by-side/", {"prompt": "Why?", "model": "okapi-9"}).status_code == 422
    sent = client.post("/side-by-side/", {"prompt": "Why?", "model": "okapi-9", "rival": "zebra-7"})
    assert (sent.status_code, Battle.objects.get().kind) == (302, "side_by_side")


def test_each_of_the_two_has_its_own_link_and_says_where_one_is(client, entries):
    for address in ("/chat/", "/side-by-side/"):
        here = re.findall(r'<a href="([^"]*)" aria-current="page"', client.get(address).text)
        assert here == [address]
        assert {"/chat/", "/side-by-side/"} <= set(re.findall(r'<a href="([^"]*)"', client.get("/").text))


def test_where_only_one_model_answers_there_is_nothing_to_compare(client):
    make_entry("ZEBRA-7")
    assert "Only one model can answer right now." in client.get("/side-by-side/").text


def test_an_arena_in_which_nobody_answers_says_so(client):
    assert "No model can answer right now." in client.get("/chat/").text


def test_two_chosen_models_stand_with_their_names_and_the_page_says_that_it_is_not_blind(client, entries):
    page = page_of(client, answered(client, rival="okapi-9"))
    assert page.index("ZEBRA-7") < page.index("OKAPI-9")
    assert page.count("<span data-answer-name>ZEBRA-7</span>") == page.count(">ZEBRA-7<") == 1
    assert "Not blind" in page
    assert "Zoo · MIT" in compact(page)
    assert page.count('name="choice"') == 4
    assert "Model A" not in page


def test_a_vote_on_them_is_kept_apart_and_may_be_explained(client, entries):
    battle = answered(client, rival="okapi-9")
    page = client.post(f"/battles/{battle.pk}/vote/", {"choice": "model_a"}).text
    assert "You preferred ZEBRA-7 over OKAPI-9" in page
    assert "It is kept apart" in page
    assert "Elo" not in page
    assert "Say why" in page
    assert client.post(f"/battles/{battle.pk}/reasons/", {"tags_a": "clear"}).status_code == 200


def test_a_direct_chat_has_one_answer_a_follow_up_and_no_vote(client, entries):
    battle = answered(client)
    page = page_of(client, battle)
    assert page.count("data-answer ") == 1
    assert "Ask something more…" in page
    assert 'name="choice"' not in page
    assert "data-keys-dialog" not in page
    assert client.post(f"/battles/{battle.pk}/vote/", {"choice": "model_a"}).status_code == 409
    assert client.post(f"/battles/{battle.pk}/turns/", {"prompt": "And?", "turn": "2"}).status_code == 302


def test_while_the_one_answer_comes_it_can_be_stopped(client, entries):
    send(client)
    battle = Battle.objects.get()
    assert "data-stop" in page_of(client, battle)
    client.post(f"/battles/{battle.pk}/stop/")
    assert "You stopped before the first word." in page_of(client, battle)


def test_chosen_models_show_at_once_what_they_write_whatever_the_pace_of_battles(client, entries, settings):
    settings.PACING = "when_done"
    send(client, rival="okapi-9")
    Answer.objects.filter(slot="a").update(state="done", text="Quick", attempt=1)
    assert "Quick" in page_of(client, Battle.objects.get())


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"prompt": ""}, 422, "Write a prompt first."),
        ({"model": ""}, 422, "Choose a model."),
        ({"model": "nobody"}, 422, "This model cannot answer right now."),
        ({"rival": "zebra-7"}, 422, "Choose two different models, or only one."),
        ({"rival": "nobody"}, 422, "This model cannot answer right now."),
    ],
)
def test_what_cannot_be_a_chat_gets_a_sentence_and_loses_nothing(client, entries, fields, status, sentence):
    response = send(client, **({"prompt": "Keep me", "rival": "okapi-9"} | fields))
    assert response.status_code == status
    assert sentence in response.text
    if "prompt" not in fields:
        assert "Keep me</textarea>" in response.text
    assert not Battle.objects.exists()


def test_who_failed_in_a_blind_battle_is_not_told_by_who_can_be_chosen_here(client, entries):
    before = re.findall(r"<option[^>]*>", client.get("/chat/").text)
    breakers.trip(entries[0].pk)
    assert re.findall(r"<option[^>]*>", client.get("/chat/").text) == before
    assert send(client).status_code == 302


def test_an_entry_that_was_paused_meanwhile_is_told_and_the_prompt_kept(client, entries):
    type(entries[0]).objects.filter(pk=entries[0].pk).update(state="paused")
    response = send(client, prompt="Keep me")
    assert "This model cannot answer right now." in response.text
    assert "Keep me</textarea>" in response.text


def test_a_conversation_can_begin_again_with_the_same_models_and_prompt(client, entries):
    battle = answered(client, rival="okapi-9")
    page = client.get(client.post(f"/battles/{battle.pk}/leave/")["Location"] + f"?again={battle.pk}").text
    assert "Why?</textarea>" in page
    assert page.count(" selected>") == 2


def test_nothing_of_a_blind_battle_can_be_learnt_by_beginning_it_again_here(client, entries):
    answered(client)
    blind = make_battle(*entries, voter=Battle.objects.get().voter, prompt="Blind prompt")
    page = client.get(f"/chat/?again={blind.pk}").text
    assert "selected" not in page
    assert "Blind prompt" not in page


def test_leaving_leads_back_to_the_choice(client, entries):
    battle = answered(client)
    assert client.post(f"/battles/{battle.pk}/leave/")["Location"] == "/chat/"
    assert "You closed this conversation." in page_of(client, battle)
