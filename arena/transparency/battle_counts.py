"""What became of all blind battles."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from arena.models import Answer, Battle
from arena.models.battles import BattleKind, still_votable


@dataclass(frozen=True)
class BattleCounts:
    """How many blind battles there are: started = voted + failed + abandoned + open.

    answered: every answer ended with something to vote on. failed: a side failed or was stopped before its first word,
    and none is being written.
    abandoned: left, or too old, without a vote.
    """

    started: int
    answered: int
    voted: int
    failed: int
    abandoned: int
    open: int


def battle_counts(*, voted: int, now: datetime) -> BattleCounts:
    """Count what became of this arena's blind battles. Imported ones were not started here.

    voted: how many of them have a vote, counted before.
    """
    blind = Battle.objects.filter(kind=BattleKind.BLIND)
    undecided = blind.filter(vote__isnull=True)
    lost, running = (
        Q(pk__in=answers.values("turn__battle")) for answers in (Answer.objects.lost(), Answer.objects.running())
    )
    # By subtraction: few answers are lost or running; to look at each battle takes seconds.
    # All battles last: one that begins meanwhile must not be missing among them.
    failed = undecided.filter(lost).exclude(running).count()
    open_ones = undecided.filter(still_votable(now)).exclude(lost & ~running).count()
    unanswered = blind.filter(lost | running).count()
    started = blind.count()
    return BattleCounts(
        started=started,
        answered=started - unanswered,
        voted=voted,
        failed=failed,
        abandoned=started - voted - failed - open_ones,
        open=open_ones,
    )
