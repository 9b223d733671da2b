"""What one picture is made of, before it has words."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from arena.leaderboard.charts.table import Table


@dataclass(frozen=True)
class Drawing:
    """draw: the chart of arena.charts, or None where there is too little to draw; costly, and not needed for the table.

    alternative: a sentence for those who do not see the chart.
    """

    table: Table
    draw: Callable[[], object]
    alternative: str


def ends(best: str, high: str, worst: str, low: str) -> str:
    """The alternative of a picture in which models stand in an order."""
    words = {"best": best, "high": high, "worst": worst, "low": low}
    return _("%(best)s has the most, %(high)s; %(worst)s the least, %(low)s.") % words
