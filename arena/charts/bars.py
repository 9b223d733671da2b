"""One bar a model, in percent."""

from collections.abc import Sequence
from dataclasses import dataclass

from arena.charts.axis import Tick, linear_axis
from arena.charts.labels import Label, label

WIDTH, ROW, TOP, FOOT = 720, 24, 12, 28
NAMES, LEFT, RIGHT = 164, 176, 660


@dataclass(frozen=True)
class Bar:
    """At height y, so many pixels long; `words` stand at its end."""

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


def bars_chart(shares: Sequence[tuple[str, float]]) -> BarsChart | None:
    """shares: name and percent in [0, 100], in the order of the bars. None without any."""
    if not shares:
        return None
    axis = linear_axis((0, 100), start=LEFT, end=RIGHT)

    def bar(place: int, name: str, percent: float) -> Bar:
        y, end = TOP + ROW * (place + 0.5), axis.at(percent)
        return Bar(label(NAMES, y, name), y, round(end - LEFT, 1), Label(end + 8, y, f"{percent:.0f}%"))

    bars = tuple(bar(place, name, percent) for place, (name, percent) in enumerate(shares))
    return BarsChart(bars, axis.ticks, TOP + ROW * len(shares) + FOOT)
