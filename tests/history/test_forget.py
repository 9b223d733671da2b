import random
from io import StringIO

import pytest
from asgiref.sync import async_to_sync
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.utils import timezone

from arena.answers.generate import generate_answer
from arena.backends import BACKENDS
from arena.backends.base import Completion
from arena.battles.continue_battle import continue_battle
from arena.battles.share import share_battle
from arena.battles.start import start_battle
from arena.conf import redis_clients
from arena.history.forget import forget_voter
from arena.models import Answer, Battle, Choice, ReasonTag, Turn, Vote, VoteComment, Voter, VoteReason
from arena.people.refusals import VoterIsForgotten
from arena.scoring.check_invariants import check_invariants
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from arena.votes.reasons import give_reasons
from tests.factories import make_battle, make_entry, make_voter
from tests.parallel import in_parallel
from tests.scripted import ScriptedBackend

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def forget(voter):
    return forget_voter(voter, now=timezone.now())


def texts_of(voter):
    answers = Answer.objects.filter(turn__battle__voter=voter).values_list("text", flat=True)
    return [*answers, *Turn.objects.filter(battle__voter=voter).values_list("user_text", flat=True)]


def test_texts_comments_keys_and_shared_addresses_go_and_votes_and_reasons_stay():
    battle, other = make_battle(), make_battle()
    vote = cast_vote(battle, Choice.MODEL_A, now=timezone.now())
    give_reasons(vote, {"a": [ReasonTag.CLEAR]}, "My own words", now=timezone.now())
    share_battle(battle)
    assert forget(battle.voter) == 1
    assert set(texts_of(battle.voter)) == {""}
    assert not VoteComment.objects.exists()
    voter = Voter.objects.get(pk=battle.voter.pk)
    assert (voter.key_digest, voter.erased_at is not None) == (None, True)
    assert Battle.objects.get(pk=battle.pk).share_token is None
    assert (Vote.objects.get().choice, VoteReason.objects.count()) == ("model_a", 1)
    assert "" not in texts_of(other.voter)


def test_the_board_is_the_same_before_and_after():
    first, second, now = make_entry(), make_entry(), timezone.now()
    battles = [make_battle(first, second) for _ in range(4)]
    for battle, choice in zip(battles, Choice, strict=True):
        cast_vote(battle, choice, now=now)
    board = publish_leaderboard(now=now)
    for battle in battles:
        forget(battle.voter)
    assert publish_leaderboard(now=now) is None
    assert check_invariants(now=now) == []
    cast_vote(make_battle(first, second), Choice.TIE, now=now)
    assert publish_leaderboard(now=now).votes == board.votes + 1


def test_a_battle_without_a_vote_is_left_and_again_changes_nothing():
    battle = make_battle()
    forget(battle.voter)
    left = Battle.objects.get(pk=battle.pk).left_at
    forget(battle.voter)
    assert left == Battle.objects.get(pk=battle.pk).left_at is not None


class ForgettingBackend(ScriptedBackend):
    """In the middle of its answer the voter asks to be forgotten."""

    def script(self, request):
        yield "Before. "
        forget(Voter.objects.get())
        yield "After."
        return Completion("stop", 2)

    def count_tokens(self, request):
        return 0


def test_nothing_is_written_after_the_voter_is_forgotten(monkeypatch):
    monkeypatch.setitem(BACKENDS, "forgetting", f"{__name__}:ForgettingBackend")
    battle = make_battle(make_entry(backend="forgetting"), make_entry(), is_answered=False)
    answers = list(Answer.objects.filter(turn__battle=battle).order_by("slot"))
    for answer in answers:
        async_to_sync(generate_answer)(answer.pk)
    assert set(texts_of(battle.voter)) == {""}
    assert {answer.state for answer in Answer.objects.filter(turn__battle=battle)} == {"stopped"}


def test_no_battle_begins_and_no_comment_is_kept_for_a_voter_who_was_forgotten_meanwhile():
    battle = make_battle()
    vote = cast_vote(battle, Choice.MODEL_A, now=timezone.now())
    forget(battle.voter)
    with pytest.raises(VoterIsForgotten):
        start_battle(battle.voter, "My own words", rng=random.Random(1), now=timezone.now())
    give_reasons(vote, {"a": [ReasonTag.CLEAR]}, "My own words", now=timezone.now())
    assert set(texts_of(battle.voter)) == {""}
    assert not VoteComment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_said_after_the_voter_is_forgotten_in_another_request():
    def go_on(battle):
        return continue_battle(battle, "And at night?", rng=random.Random(1), now=timezone.now())

    for _ in range(10):
        battle = make_battle()
        actions = (go_on, lambda it: forget(it.voter))
        in_parallel(2, lambda number: actions[number](battle))  # noqa: B023  it is called in this round
        assert set(texts_of(battle.voter)) == {""}


@pytest.mark.django_db(transaction=True)
def test_a_vote_and_a_wish_to_be_forgotten_do_not_wait_for_each_other():
    def vote(battle):
        return cast_vote(battle, Choice.MODEL_A, now=timezone.now())

    for _ in range(10):
        battle = make_battle()
        actions = (vote, lambda it: forget(it.voter))
        outcomes = in_parallel(2, lambda number: actions[number](battle))  # noqa: B023  it is called in this round
        assert not [outcome for outcome in outcomes if isinstance(outcome, DatabaseError)]


def test_nothing_is_left_of_what_was_published(redis_server):
    battle = make_battle(make_entry(script="Words."), make_entry(), is_answered=False)
    async_to_sync(generate_answer)(Answer.objects.filter(turn__battle=battle).first().pk)
    key = redis_clients.key(f"battle:{battle.pk}")
    assert redis_clients.client().exists(key)
    forget(battle.voter)
    assert not redis_clients.client().exists(key)


def test_without_redis_the_voter_is_forgotten_all_the_same(no_redis):
    battle = make_battle()
    forget(battle.voter)
    assert set(texts_of(battle.voter)) == {""}


def test_many_voters_may_be_forgotten():
    for voter in (make_voter(), make_voter()):
        forget(voter)
    assert Voter.objects.filter(key_digest=None).count() == 2


def test_an_operator_forgets_a_voter_by_a_command():
    battle, out = make_battle(), StringIO()
    call_command("forget_voter", str(battle.voter.pk), stdout=out)
    assert "the texts of 1 battles" in out.getvalue()
    with pytest.raises(CommandError, match="There is no voter"):
        call_command("forget_voter", str(battle.pk))
