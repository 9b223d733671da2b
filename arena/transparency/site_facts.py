"""What the page "How it works" tells of this very site."""

from dataclasses import dataclass

from django.db.models import F, Max, Min

from arena.models import Battle, LanguageModel, RatingSnapshot
from arena.models.battles import BattleKind


@dataclass(frozen=True)
class SiteFacts:
    """The numbers of this site.

    models: those that answer any prompt, or have answered some. battles: blind ones that were started here. narrowest,
    widest: half an interval on the board, in points; None without a vote.
    """

    models: int
    battles: int
    votes: int
    narrowest: float | None = None
    widest: float | None = None


def site_facts() -> SiteFacts:
    """Return the facts, in a fixed number of queries."""
    newest = RatingSnapshot.objects.newest()
    half = (F("upper") - F("lower")) / 2
    spread = {"narrowest": Min(half), "widest": Max(half)}
    return SiteFacts(
        models=(LanguageModel.objects.live() | LanguageModel.objects.recorded()).count(),
        battles=Battle.objects.filter(kind=BattleKind.BLIND).count(),
        votes=newest.votes if newest else 0,
        **(newest.ratings.filter(provisional="").aggregate(**spread) if newest else {}),
    )
