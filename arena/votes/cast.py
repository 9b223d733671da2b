"""Record a choice. Once this returns, the vote is on disk."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from arena.models import Battle, Choice, RatingSnapshot, Slot, Vote, VoteExclusion
from arena.models.battles import BattleQuerySet
from arena.models.votes import Source
from arena.people.refusals import Refusal
from arena.votes.policy import put_on_board, rule_against, rule_version, vote_weight
from ratings.scale import START


class CannotVote(Refusal):
    """The battle's answers have not both ended well, or it is closed."""

    kind = "cannot-vote"
    sentence = _("Both answers have to be complete before you vote.")


class BattleIsClosed(CannotVote):
    """The battle was left, has a lost side or is too old."""

    sentence = _("This battle is closed. Start a new one to vote.")


class VotedOtherwise(Refusal):
    """There is a vote on this battle already, with another choice: `vote`."""

    kind = "voted-otherwise"
    sentence = _("You have voted on this battle already. Your first vote stands.")

    def __init__(self, vote: Vote) -> None:
        super().__init__(vote)
        self.vote = vote


def cast_vote(battle: Battle, choice: Choice, *, source: Source = Source.HUMAN, now: datetime) -> Vote:
    """Return the battle's one vote. The same choice again gets the same vote.

    Only votes on blind battles are ever counted. source: who votes, a person on a page or a program.
    Raises CannotVote, VotedOtherwise.
    """
    return cast_vote_on(Battle.objects.all(), battle.pk, choice=choice, source=source, now=now)


def cast_vote_on(
    battles: BattleQuerySet, battle_id: UUID, *, choice: Choice, source: Source = Source.HUMAN, now: datetime
) -> Vote:
    """Return the one vote on the battle of this id, as `cast_vote` does. battles: those on which this voter may vote.

    Its battle comes with all its rows. Raises Battle.DoesNotExist, CannotVote, VotedOtherwise.
    """
    with transaction.atomic():
        battle = battles.locked(battle_id)
        if (earlier := battle.cast_vote) is not None:
            return _same_again(earlier, choice)
        if not battle.may_vote(now):
            raise CannotVote if battle.is_open(now) else BattleIsClosed
        vote = _insert(battle, choice, source, now)
        put_on_board([vote])
    return vote


def _same_again(earlier: Vote, choice: Choice) -> Vote:
    if earlier.choice != choice:
        raise VotedOtherwise(earlier)
    return earlier


def _insert(battle: Battle, choice: Choice, source: Source, now: datetime) -> Vote:
    first, second = battle.model_a_id, battle.entry(Slot.B).pk
    board = RatingSnapshot.objects.newest_elo(first, second)
    turns = battle.all_turns
    ends = [answer.finished_at for answer in turns[-1].answers.all() if answer.finished_at]
    vote = Vote.objects.create(
        battle=battle,
        voter_id=battle.voter_id,
        choice=choice,
        source=source,
        cast_at=now,
        dwell_seconds=(now - max(ends)).total_seconds() if ends else None,
        turns_seen=len(battle.active_turns),
        elo_a=board.get(first, START),
        elo_b=board.get(second, START),
    )
    excluded_to = None
    if rule := rule_against(battle):
        excluded_to = VoteExclusion.objects.create(
            vote=vote, rule=rule, rule_version=rule_version(rule), by="cast_vote", at=now
        ).weight
    vote.weight_when_cast = vote_weight(source, excluded_to)
    return vote
