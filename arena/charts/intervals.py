"""A chart with one row for each model: its rating and the interval around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from arena.charts.axis import Tick, linear_axis
from arena.charts.labels import Label, label

WIDTH, ROW, TOP, FOOT = 720, 24, 12, 28
#: The places where the names end, the figures begin, and the scale begins and ends. A phone shows names and figures
#: before one scrolls to the scale.
NAMES, FIGURES, LEFT, RIGHT = 164, 176, 316, 700


@dataclass(frozen=True)
class RatedModel:
    """A model with its rating and interval in points.

    is_provisional: rated under a prior. Models of different groups cannot be compared.
    """

    name: str
    rating: float
    lower: float
    upper: float
    group: int = 0
    is_provisional: bool = False


@dataclass(frozen=True)
class IntervalMark:
    """A row at height y: the interval from start to end, the rating at `at`."""

    label: Label
    y: float
    start: float
    end: float
    at: float
    words: Label
    is_provisional: bool


@dataclass(frozen=True)
class IntervalsChart:
    """The rows of the models. borders: heights at which another group begins."""

    marks: tuple[IntervalMark, ...]
    ticks: tuple[Tick, ...]
    borders: tuple[float, ...]
    height: float
    width: float = WIDTH
    top: float = TOP

    @property
    def bottom(self) -> float:
        return self.height - FOOT


def intervals_chart(models: Sequence[RatedModel]) -> IntervalsChart | None:
    """Return a row for each model, in the order given, or None without models."""
    if not models:
        return None
    ends = [end for model in models for end in (model.lower, model.upper)]
    axis = linear_axis(ends, start=LEFT, end=RIGHT)

    def mark(place: int, model: RatedModel) -> IntervalMark:
        y = TOP + ROW * (place + 0.5)
        words = f"{model.rating:.0f}{'†' if model.is_provisional else ''} ({model.lower:.0f}–{model.upper:.0f})"
        return IntervalMark(
            label=label(NAMES, y, model.name),
            y=y,
            start=axis.at(model.lower),
            end=axis.at(model.upper),
            at=axis.at(model.rating),
            words=Label(FIGURES, y, words),
            is_provisional=model.is_provisional,
        )

    return IntervalsChart(
        marks=tuple(mark(place, model) for place, model in enumerate(models)),
        ticks=axis.ticks,
        borders=tuple(
            TOP + ROW * (i + 1)
            for i, (model, following) in enumerate(pairwise(models))
            if model.group != following.group
        ),
        height=TOP + ROW * len(models) + FOOT,
    )
