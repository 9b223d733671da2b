import random
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from arena.answers import breakers
from arena.battles.answer_again import answer_again
from arena.battles.begin import TooManyOpenBattles
from arena.battles.chat import CannotAnswer, choosable_entries, start_chat
from arena.battles.continue_battle import continue_battle
from arena.battles.start import start_battle
from arena.models import Answer, Battle, Choice, CountedVote, PendingVote, RatingSnapshot
from arena.models.battles import BattleKind
from arena.models.catalog import Kind, State
from arena.scoring.check_invariants import check_invariants
from arena.scoring.publish import publish_leaderboard
from arena.scoring.recompute import recompute_leaderboard
from arena.votes.cast import CannotVote, cast_vote
from tests.factories import exclude_vote, make_battle, make_entry, make_recorded, make_voter, write_answers

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def chat(*entries, voter=None, text="Hello", **more):
    rng = random.Random(1)
    return start_chat(voter or make_voter(), entries, text, rng=rng, now=timezone.now(), **more)


def answered(battle):
    return write_answers(Battle.objects.with_rows().get(pk=battle.pk))


def test_two_chosen_models_answer_side_by_side_in_the_chosen_order():
    first, second = make_entry(script="One."), make_entry(script="Two.")
    battle = answered(chat(second, first))
    assert (battle.kind, battle.is_blind) == (BattleKind.SIDE_BY_SIDE, False)
    assert [(a.slot, a.text) for a in battle.all_turns[0].answers.all()] == [("a", "Two."), ("b", "One.")]


def test_one_chosen_model_answers_alone_and_goes_on():
    battle = answered(chat(make_entry(script="One.")))
    assert (battle.kind, battle.model_b) == (BattleKind.DIRECT, None)
    now = timezone.now()
    continue_battle(battle, "And then?", rng=random.Random(1), now=now)
    answer_again(answered(battle), rng=random.Random(2), now=now)
    battle = answered(battle)
    assert [turn.answers.count() for turn in battle.all_turns] == [1, 1, 1]
    assert [turn.user_text for turn in battle.active_turns] == ["Hello", "And then?"]


def test_a_direct_chat_takes_no_vote():
    battle = answered(chat(make_entry()))
    with pytest.raises(CannotVote):
        cast_vote(battle, Choice.MODEL_A, now=timezone.now())


def test_a_vote_on_chosen_models_is_kept_and_changes_no_board():
    first, second, now = make_entry(), make_entry(), timezone.now()
    cast_vote(make_battle(first, second), Choice.MODEL_A, now=now)
    board = publish_leaderboard(now=now)
    vote = cast_vote(answered(chat(first, second)), Choice.MODEL_B, now=now)
    assert not PendingVote.objects.exists()
    assert publish_leaderboard(now=now) is None
    exclude_vote(vote, rule="test", by="test", now=now)
    assert publish_leaderboard(now=now) is None
    cast_vote(make_battle(first, second), Choice.TIE, now=now)
    after = publish_leaderboard(now=now)
    assert (board.votes, after.votes, CountedVote.objects.count()) == (1, 2, 2)
    assert recompute_leaderboard().problems == []
    assert check_invariants(now=now) == []
    assert RatingSnapshot.objects.filter(category="overall").count() == 2


def test_moderators_recorded_and_paused_entries_cannot_be_chosen():
    live, paused = make_entry(), make_entry(state=State.PAUSED)
    make_entry(kind=Kind.MODERATOR), make_recorded("ZEBRA-7")
    assert choosable_entries() == [live]
    with pytest.raises(CannotAnswer):
        chat(live, paused)
    assert not Battle.objects.exists()


def test_one_that_rests_can_be_chosen_so_that_the_list_does_not_tell_who_just_failed():
    resting = make_entry()
    breakers.trip(resting.pk)
    assert choosable_entries() == [resting]
    assert chat(resting)


def test_who_has_answers_coming_in_all_the_chats_that_one_may_have_waits(settings):
    settings.OPEN_BATTLES_LIMIT = 2
    entry, other, voter = make_entry(), make_entry(), make_voter()
    running = [chat(entry, voter=voter, text=f"{number}") for number in range(2)]
    with pytest.raises(TooManyOpenBattles) as refusal:
        chat(entry, voter=voter, text="More")
    assert refusal.value.battles == running
    answered(running[0])
    chat(entry, other, voter=voter, text="More")
    start_battle(voter, "Blind", rng=random.Random(1), now=timezone.now())


def test_a_prompt_that_is_sent_twice_is_one_chat():
    entry, voter, key = make_entry(), make_voter(), uuid4()
    assert chat(entry, voter=voter, idempotency_key=key) == chat(entry, voter=voter, idempotency_key=key)
    assert Answer.objects.count() == 1


@pytest.mark.parametrize(("kind", "has_second"), [(BattleKind.BLIND, False), (BattleKind.DIRECT, True)])
def test_exactly_a_direct_chat_has_one_model(kind, has_second):
    battle = make_battle()
    with pytest.raises(IntegrityError), transaction.atomic():
        Battle.objects.filter(pk=battle.pk).update(kind=kind, model_b=battle.model_b if has_second else None)
