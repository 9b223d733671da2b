"""A chart with one column for each day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from arena.charts.axis import Tick, linear_axis

WIDTH, HEIGHT, TOP, FOOT = 720, 240, 12, 32
LEFT, RIGHT, MAX_WIDTH, SHARE = 52, 708, 40, 0.8


@dataclass(frozen=True)
class Column:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class ColumnsChart:
    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]
    first: date
    last: date
    left: float = LEFT
    right: float = RIGHT
    width: float = WIDTH
    height: float = HEIGHT

    @property
    def middle(self) -> float:
        """Return where the column of a lone day stands."""
        return (self.left + self.right) / 2


def columns_chart(counts: Sequence[tuple[date, int]]) -> ColumnsChart | None:
    """Return one column for each day, or None without days.

    counts: each day with its number, the oldest first; below zero no column is drawn.
    """
    if not counts:
        return None
    bottom = HEIGHT - FOOT
    axis = linear_axis([0, *(max(count, 0) for _, count in counts)], start=bottom, end=TOP)
    room = (RIGHT - LEFT) / len(counts)
    width = round(min(MAX_WIDTH, room * SHARE), 1)

    def column(place: int, count: int) -> Column:
        y = axis.at(max(count, 0))
        return Column(round(LEFT + room * (place + 0.5) - width / 2, 1), y, width, round(bottom - y, 1))

    columns = tuple(column(place, count) for place, (_, count) in enumerate(counts))
    return ColumnsChart(columns, axis.ticks, counts[0][0], counts[-1][0])
