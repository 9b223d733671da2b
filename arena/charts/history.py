"""A rating over time, with the band of its interval."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

WIDTH, HEIGHT, EDGE = 640, 160, 8
#: Fewer boards make no line.
MIN_BOARDS = 3


class RatedMoment(Protocol):
    @property
    def published(self) -> datetime: ...
    @property
    def rating(self) -> float: ...
    @property
    def lower(self) -> float: ...
    @property
    def upper(self) -> float: ...


@dataclass(frozen=True)
class HistoryChart:
    """The line of a rating and the band of its interval.

    line: points of the rating; band: the outline of the interval, both as SVG takes them in a box width x height.
    low, high: points at the lower and the upper edge. first, last: the moments at the left and at the right.
    """

    line: str
    band: str
    low: float
    high: float
    first: datetime
    last: datetime
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def is_of_one_day(self) -> bool:
        """Whether both ends are of one day, so that only the hours tell them apart."""
        return self.first.date() == self.last.date()


def history_chart(ratings: Sequence[RatedMoment]) -> HistoryChart | None:
    """Return the chart of the ratings, or None where they are too few, or of one moment.

    ratings: the oldest first.
    """
    if len(ratings) < MIN_BOARDS or ratings[0].published == ratings[-1].published:
        return None
    first, last = ratings[0].published, ratings[-1].published
    low, high = min(rating.lower for rating in ratings), max(rating.upper for rating in ratings)
    seconds, points = (last - first).total_seconds(), max(high - low, 1.0)

    def at(moment: datetime, value: float) -> str:
        x = WIDTH * (moment - first).total_seconds() / seconds
        y = EDGE + (HEIGHT - 2 * EDGE) * (high - value) / points
        return f"{x:.1f},{y:.1f}"

    above = [at(rating.published, rating.upper) for rating in ratings]
    below = [at(rating.published, rating.lower) for rating in reversed(ratings)]
    line = " ".join(at(rating.published, rating.rating) for rating in ratings)
    return HistoryChart(line, " ".join([*above, *below]), low, high, first, last)
