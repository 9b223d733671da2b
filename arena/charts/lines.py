"""A chart of some models' ratings over time, one line for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from arena.charts.axis import Tick, linear_axis
from arena.charts.labels import Label, label, spread

WIDTH, HEIGHT, TOP, FOOT = 720, 320, 12, 32
LEFT, RIGHT, NAMES = 52, 510, 536
#: The space between two names.
GAP = 18


@dataclass(frozen=True)
class Line:
    """The line of one model: points as SVG takes them; the last one is joined to the name."""

    points: str
    end_x: float
    end_y: float
    label: Label


@dataclass(frozen=True)
class LinesChart:
    """The lines from the best model on. first, last: the moments at the left and at the right."""

    lines: tuple[Line, ...]
    ticks: tuple[Tick, ...]
    first: datetime
    last: datetime
    left: float = LEFT
    right: float = RIGHT
    names: float = NAMES - 4
    width: float = WIDTH
    height: float = HEIGHT


def lines_chart(
    moments: Sequence[datetime], ratings: Sequence[tuple[str, Sequence[float | None]]]
) -> LinesChart | None:
    """Return a line for each model, or None for fewer than two moments or without ratings.

    moments: the oldest first. ratings: each model's name, and its rating at each moment or None.
    """
    known = [value for _, values in ratings for value in values if value is not None]
    if len(set(moments)) < 2 or not known:
        return None
    first, last = moments[0], moments[-1]
    axis = linear_axis(known, start=HEIGHT - FOOT, end=TOP)

    def points(values: Sequence[float | None]) -> list[tuple[float, float]]:
        xs = (round(LEFT + (RIGHT - LEFT) * ((moment - first) / (last - first)), 1) for moment in moments)
        return [(x, axis.at(value)) for x, value in zip(xs, values, strict=True) if value is not None]

    paths = [(name, path) for name, values in ratings if (path := points(values))]
    return LinesChart(_lines(paths), axis.ticks, first, last)


def _lines(paths: Sequence[tuple[str, Sequence[tuple[float, float]]]]) -> tuple[Line, ...]:
    heights = spread([path[-1][1] for _, path in paths], gap=GAP, lowest=TOP, highest=HEIGHT - FOOT)
    return tuple(
        Line(" ".join(f"{x},{y}" for x, y in path), *path[-1], label(NAMES, height, name))
        for (name, path), height in zip(paths, heights, strict=True)
    )
