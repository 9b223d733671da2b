"""Whether an answer is running or lost, and a battle open, is said in Python and in SQL: both must say the same."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from arena.battles.blind import blind_battle
from arena.models import Answer, Battle, Choice, Slot, Vote
from arena.models.answers import AnswerState
from arena.models.battles import BattleKind
from arena.transparency.battle_counts import battle_counts
from tests.factories import make_battle

pytestmark = pytest.mark.django_db

NOW = timezone.now()
TOO_OLD = NOW - timedelta(hours=settings.BATTLE_HOURS)
ANSWERS = list(product(AnswerState, ("", " ", "Words.")))
#: What may have become of a battle besides its answers.
FATES: dict[str, dict[str, Any]] = {
    "young": {},
    "just in time": {"created": TOO_OLD + timedelta(seconds=1)},
    "too old": {"created": TOO_OLD},
    "left": {"left_at": NOW},
    "not blind": {"kind": BattleKind.SIDE_BY_SIDE},
    "voted on": {},
}


def with_answer(battle, state, text):
    """The battle, as model A's answer stands so; model B's is complete."""
    Answer.objects.filter(turn__battle=battle, slot=Slot.A).update(state=state, text=text)
    return Battle.objects.with_rows().get(pk=battle.pk)


@pytest.mark.parametrize(("state", "text"), ANSWERS)
def test_queries_know_running_and_lost_answers_by_the_rule_of_the_answer(state, text):
    answer = with_answer(make_battle(), state, text).all_turns[0].answers.all()[0]
    assert Answer.objects.running().contains(answer) == (not answer.is_finished)
    assert Answer.objects.lost().contains(answer) == answer.is_lost


@pytest.mark.parametrize("pacing", ["live", "lockstep"])
@pytest.mark.parametrize(("state", "text"), ANSWERS)
def test_a_page_knows_running_and_lost_answers_by_the_rule_of_the_answer(settings, state, text, pacing):
    settings.PACING = pacing
    battle = with_answer(make_battle(), state, text)
    answer, blind = battle.all_turns[0].answers.all()[0], blind_battle(battle, now=NOW).turns[0].answers[0]
    assert (blind.is_running, blind.is_lost) == (not answer.is_finished, answer.is_lost)


def test_a_side_that_failed_looks_as_if_it_waits_while_the_other_is_written(settings):
    settings.PACING = "lockstep"
    battle = make_battle()
    Answer.objects.filter(turn__battle=battle, slot=Slot.B).update(state=AnswerState.STREAMING)
    sides = blind_battle(with_answer(battle, AnswerState.FAILED, ""), now=NOW).turns[0].answers
    assert [(side.state, side.is_running, side.is_lost) for side in sides] == [("pending", True, False)] * 2


@pytest.mark.parametrize("fate", FATES)
def test_queries_and_counts_know_an_open_battle_by_the_rule_of_the_battle(fate):
    battle, has_vote = make_battle(), fate == "voted on"
    Battle.objects.filter(pk=battle.pk).update(**{"created": NOW} | FATES[fate])
    if has_vote:
        fields = {"choice": Choice.TIE, "cast_at": NOW, "turns_seen": 1, "elo_a": 0, "elo_b": 0}
        Vote.objects.create(battle=battle, voter=battle.voter, **fields)
    for state, text in ANSWERS:
        battle = with_answer(battle, state, text)
        is_open, is_failed = battle.is_open(NOW), bool(battle.lost_answers) and not has_vote
        counts = battle_counts(voted=int(has_vote), now=NOW)
        found = Battle.objects.open_of(battle.voter, now=NOW).contains(battle)
        assert found == (is_open and battle.is_blind), (state, text)
        if battle.is_blind:
            assert (counts.open, counts.failed) == (is_open, is_failed), (state, text)
            assert counts.abandoned == battle.is_abandoned(NOW), (state, text)
