"""The ways on from a verdict: none before it, and none of them loses the prompt."""

import re

import pytest
from django.http import HttpResponse

from arena.models import Answer, Battle, LanguageModel, Voter
from arena.people.voters import COOKIE, new_voter, remember_voter
from tests.factories import make_battle, make_entry, make_recorded, make_voter, write_answers

pytestmark = pytest.mark.django_db

NAMES = ("ZEBRA-7", "OKAPI-9", "TAPIR-3", "IBEX-1")


@pytest.fixture
def voter(client):
    known, key = new_voter()
    known.save()
    remember_voter(response := HttpResponse(), key)
    client.cookies[COOKIE] = response.cookies[COOKIE].value
    return known


@pytest.fixture
def entries():
    return [make_entry(name, script=f"I say {number}.") for number, name in enumerate(NAMES)]


@pytest.fixture
def battle(voter, entries):
    return write_answers(make_battle(*entries[:2], voter=voter, is_answered=False))


def vote(client, battle, choice="model_a"):
    return client.post(f"/battles/{battle.pk}/vote/", {"choice": choice}).text


def go(client, battle, way):
    return client.post(f"/battles/{battle.pk}/go-on/", {"way": way})


def went_to(response):
    found = re.fullmatch(r"/battles/([-0-9a-f]{36})/", response.headers.get("Location", ""))
    return Battle.objects.with_rows().get(pk=found[1])


@pytest.mark.parametrize("way", ["same", "next", "chat", "elsewhere", ""])
def test_before_the_vote_no_way_leads_on_and_nothing_is_begun(client, battle, way):
    assert go(client, battle, way).status_code == 404
    assert Battle.objects.count() == 1
    assert "go-on" not in client.get(f"/battles/{battle.pk}/").text


def test_another_voters_battle_leads_nowhere(client, voter):
    assert go(client, make_battle(voter=make_voter()), "same").status_code == 404


def test_the_same_prompt_goes_to_two_others_and_once_only(client, battle):
    vote(client, battle)
    another = went_to(go(client, battle, "same"))
    assert another.all_turns[0].user_text == battle.all_turns[0].user_text
    assert {another.model_a.display_name, another.model_b.display_name} == {"TAPIR-3", "IBEX-1"}
    assert went_to(go(client, battle, "same")) == another


def test_where_there_are_no_two_others_the_same_prompt_meets_whom_there_is(client, battle):
    LanguageModel.objects.filter(slug__in=("tapir-3", "ibex-1")).update(state="paused")
    vote(client, battle)
    assert {went_to(go(client, battle, "same")).model_a_id} <= {battle.model_a_id, battle.model_b_id}


def test_what_stands_in_the_way_is_said_with_the_prompt_kept(client, battle):
    vote(client, battle)
    LanguageModel.objects.update(state="paused")
    response = go(client, battle, "same")
    assert response.status_code == 503
    assert "Why is the sky blue?</textarea>" in response.text


def test_a_chat_goes_on_with_the_preferred_model_where_the_battle_ended(client, battle):
    client.post(f"/battles/{battle.pk}/turns/", {"prompt": "And at night?"})
    write_answers(battle)
    assert "Go on with OKAPI-9" in vote(client, battle, "model_b")
    chat = went_to(go(client, battle, "chat"))
    assert (chat.kind, chat.model_a.display_name) == ("direct", "OKAPI-9")
    page = client.get(f"/battles/{chat.pk}/").text
    assert page.count("I say 1.") == 2
    assert "I say 0." not in page
    assert "And at night?" in page
    assert "Ask something more…" in page
    client.post(f"/battles/{chat.pk}/turns/", {"prompt": "And on Mars?", "turn": "3"})
    assert Answer.objects.filter(turn__battle=chat, state="pending").count() == 1
    assert went_to(go(client, battle, "chat")) == chat


def test_a_chat_that_was_closed_is_begun_anew(client, battle):
    vote(client, battle)
    first = went_to(go(client, battle, "chat"))
    client.post(f"/battles/{first.pk}/leave/")
    assert went_to(go(client, battle, "chat")) != first


@pytest.mark.parametrize("choice", ["tie", "both_bad"])
def test_where_neither_was_preferred_nobody_is_offered_to_go_on_with(client, battle, choice):
    assert "Go on with" not in vote(client, battle, choice)
    response = go(client, battle, "chat")
    assert response.status_code == 409
    assert "This model cannot go on right now." in response.text


def test_a_model_that_no_longer_answers_is_not_offered(client, battle):
    LanguageModel.objects.filter(pk=battle.model_a_id).update(state="paused")
    assert "Go on with" not in vote(client, battle)
    assert go(client, battle, "chat").status_code == 409


def test_what_goes_on_is_counted_nowhere_and_forgotten_with_the_rest(client, battle):
    vote(client, battle)
    chat = went_to(go(client, battle, "chat"))
    assert client.post(f"/battles/{chat.pk}/vote/", {"choice": "model_a"}).status_code == 409
    client.post("/history/delete/", {"sure": "on"})
    assert set(Answer.objects.values_list("text", flat=True)) == {""}
    assert Voter.objects.get().erased_at is not None


def test_after_a_recorded_battle_comes_another_that_was_not_judged_yet(client, voter):
    prompts = [make_recorded(*NAMES, text=f"Recorded {number}") for number in range(3)]
    seen = {prompts[0].text}
    client.post("/battles/", {"recorded": prompts[0].pk})
    battle = Battle.objects.with_rows().get()
    for _ in range(2):
        page = vote(client, write_answers(battle))
        assert "Next recorded battle" in page
        assert "Go on with" not in page
        battle = went_to(go(client, battle, "next"))
        seen.add(battle.all_turns[0].user_text)
    assert seen == {prompt.text for prompt in prompts}
    vote(client, write_answers(battle))
    other = went_to(go(client, battle, "next")).all_turns[0].user_text
    assert other != battle.all_turns[0].user_text


def test_the_same_recorded_prompt_is_answered_by_two_other_records(client, voter):
    client.post("/battles/", {"recorded": make_recorded(*NAMES).pk})
    battle = write_answers(Battle.objects.with_rows().get())
    vote(client, battle)
    another = went_to(go(client, battle, "same"))
    assert another.is_recorded
    assert not {another.model_a_id, another.model_b_id} & {battle.model_a_id, battle.model_b_id}
    assert go(client, another, "next").status_code == 404
