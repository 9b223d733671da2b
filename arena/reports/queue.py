"""The conversations that wait for an operator: those reported since the last decision, the most reported first."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, QuerySet

from arena.models import Battle, DeskDecision, Report

MOST = 100


@dataclass(frozen=True)
class Waiting:
    """One reported conversation: its first prompt, how many reported it, why, and when last."""

    battle: UUID
    prompt: str
    reports: int
    reasons: str
    newest: datetime


def waiting() -> list[Waiting]:
    """Return the conversations that wait, at most `MOST` of them."""
    counts = list(_open().values("battle").annotate(n=Count("pk"), newest=Max("at")).order_by("-n", "newest")[:MOST])
    battles = Battle.objects.filter(pk__in=[row["battle"] for row in counts]).with_rows().in_bulk()
    reasons = _reasons([row["battle"] for row in counts])
    return [
        Waiting(
            row["battle"],
            battles[row["battle"]].all_turns[0].user_text,
            row["n"],
            ", ".join(reasons[row["battle"]]),
            row["newest"],
        )
        for row in counts
    ]


def _open() -> "QuerySet[Report]":
    later = DeskDecision.objects.filter(battle=OuterRef("battle"), at__gte=OuterRef("at"))
    return Report.objects.filter(~Exists(later))


def _reasons(battles: list[UUID]) -> dict[UUID, list[str]]:
    said: dict[UUID, dict[str, None]] = {battle: {} for battle in battles}
    for report in _open().filter(battle__in=battles):
        said[report.battle_id][str(report.get_reason_display())] = None
    return {battle: list(reasons) for battle, reasons in said.items()}
