"""What became of all blind battles."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from arena.models import Answer, Battle
from arena.models.battles import BattleKind, not_given_up


@dataclass(frozen=True)
class BattleCounts:
    """started = voted + failed + abandoned + open. answered: every answer ended with something to vote on.

    failed: a side failed or was stopped before its first word. abandoned: left, or too old, without a vote.
    """

    started: int
    answered: int
    voted: int
    failed: int
    abandoned: int
    open: int


def battle_counts(*, now: datetime) -> BattleCounts:
    """Of this arena's blind battles, in one query. Imported ones were not started here."""
    lost, running = (
        Q(pk__in=answers.values("turn__battle")) for answers in (Answer.objects.lost(), Answer.objects.running())
    )
    undecided = Q(vote__isnull=True)
    counts = Battle.objects.filter(kind=BattleKind.BLIND).aggregate(
        started=Count("pk"),
        answered=Count("pk", filter=~lost & ~running),
        voted=Count("pk", filter=~undecided),
        failed=Count("pk", filter=undecided & lost),
        open=Count("pk", filter=undecided & ~lost & not_given_up(now)),
    )
    abandoned = counts["started"] - counts["voted"] - counts["failed"] - counts["open"]
    return BattleCounts(**counts, abandoned=abandoned)
