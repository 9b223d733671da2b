"""Charts of bars in percent: one bar for each model, or one bar for the outcomes between two entries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from arena.charts.axis import Tick, linear_axis
from arena.charts.labels import MAX_IN_COLUMN, Label, label

WIDTH, ROW, TOP, FOOT = 720, 24, 12, 28
NAMES, LEFT, RIGHT = 188, 200, 660
OUTCOMES_WIDTH, OUTCOMES_HEIGHT = 100, 8


@dataclass(frozen=True)
class Bar:
    """A bar at height y, so many pixels long; `words` stand at its end."""

    label: Label
    y: float
    length: float
    words: Label


@dataclass(frozen=True)
class BarsChart:
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    height: float
    width: float = WIDTH
    top: float = TOP
    left: float = LEFT

    @property
    def bottom(self) -> float:
        return self.height - FOOT


@dataclass(frozen=True)
class Segment:
    """A part of the bar. name: what it counts; start, width: in percent of the bar."""

    name: str
    start: float
    width: float
    height: int = OUTCOMES_HEIGHT


def bars_chart(shares: Sequence[tuple[str, float]]) -> BarsChart | None:
    """Return one bar for each share, or None without any.

    shares: name and percent in [0, 100], in the order of the bars.
    """
    if not shares:
        return None
    axis = linear_axis((0, 100), start=LEFT, end=RIGHT)

    def bar(place: int, name: str, percent: float) -> Bar:
        y, end = TOP + ROW * (place + 0.5), axis.at(percent)
        return Bar(
            label(NAMES, y, name, max_letters=MAX_IN_COLUMN),
            y,
            round(end - LEFT, 1),
            Label(end + 8, y, f"{percent:.0f}%"),
        )

    bars = tuple(bar(place, name, percent) for place, (name, percent) in enumerate(shares))
    return BarsChart(bars, axis.ticks, TOP + ROW * len(shares) + FOOT)


def outcome_bar(counts: Iterable[tuple[str, float]]) -> tuple[Segment, ...]:
    """Return a segment for each count above 0, in this order; none where all are 0."""
    shown = [(name, count) for name, count in counts if count > 0]
    total, start, segments = sum(count for _, count in shown), 0.0, []
    for name, count in shown:
        width = OUTCOMES_WIDTH * count / total
        segments.append(Segment(name, round(start, 2), round(width, 2)))
        start += width
    return tuple(segments)
