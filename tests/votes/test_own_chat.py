"""A vote does not count where its voter put the same prompt to a model by its name."""

import random

import pytest
from django.utils import timezone

from arena.battles.chat import start_chat
from arena.categories.fingerprint import fingerprint
from arena.models import Choice
from arena.votes.cast import cast_vote
from arena.votes.policy import KNOWN_RULES, weight_of
from tests.factories import make_battle, make_entry, make_voter

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def chat(voter, text):
    return start_chat(voter, [make_entry()], text, rng=random.Random(1), now=NOW)


def vote(voter):
    return cast_vote(make_battle(voter=voter, prompt="Why is the sky blue?"), Choice.TIE, now=NOW)


@pytest.mark.parametrize("asked", ["Why is the sky blue?", "  why is the SKY blue ", "Why is the sky blue?!\n"])
def test_a_vote_after_the_same_prompt_by_name_is_kept_and_not_counted(asked):
    voter = make_voter()
    chat(voter, asked)
    cast = vote(voter)
    assert weight_of(cast) == 0
    assert cast.exclusions.get().rule == "own-chat"


def test_another_prompt_and_anothers_chat_change_nothing():
    voter = make_voter()
    chat(voter, "Why is the sea blue?")
    chat(make_voter(), "Why is the sky blue?")
    assert weight_of(vote(voter)) == 1


def test_signs_alone_are_compared_as_they_are():
    assert fingerprint("?!") != fingerprint("??") != ""
    assert fingerprint("하늘은 왜 파랗죠?") == fingerprint("하늘은왜파랗죠")
    assert fingerprint("ＡＢＣ") == fingerprint("abc")


def test_every_rule_is_listed_for_everyone_and_told_to_its_voter(client):
    page = client.get("/transparency/").text
    for rule in KNOWN_RULES:
        assert f"<b>{rule.name}</b>: {rule.meaning}" in page
        assert str(rule.to_voter).startswith("Not counted: ")
