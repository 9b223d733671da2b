"""A chart with one row for each model: its rating and the interval around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from arena.charts.axis import Tick, linear_axis
from arena.charts.labels import MAX_IN_COLUMN, Label, column_width, label

ROW, TOP, FOOT, GAP = 24, 12, 28, 8
#: Places on the scale are in percent: it is as wide as the screen allows. The figures come last, so that a phone shows
#: names and lines before one scrolls.
LEFT, RIGHT = 0, 100


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
    """A row at height y: the interval from start to end, the rating at `at`, all in percent of the scale."""

    y: float
    start: float
    end: float
    at: float
    words: str
    bounds: str
    is_provisional: bool


@dataclass(frozen=True)
class IntervalsChart:
    """The rows of the models.

    rows: names that stay in view, so on a drawing of their own, names_width wide. borders: heights at which another
    group begins.
    """

    rows: tuple[Label, ...]
    names_width: float
    marks: tuple[IntervalMark, ...]
    ticks: tuple[Tick, ...]
    borders: tuple[float, ...]
    height: float
    width: float = RIGHT
    top: float = TOP
    is_elastic: bool = True

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
        return IntervalMark(
            y=y,
            start=axis.at(model.lower),
            end=axis.at(model.upper),
            at=axis.at(model.rating),
            words=f"{model.rating:.0f}{'†' if model.is_provisional else ''}",
            bounds=f"({model.lower:.0f}–{model.upper:.0f})",
            is_provisional=model.is_provisional,
        )

    names = [model.name for model in models]
    width = column_width(names)
    return IntervalsChart(
        rows=tuple(
            label(width, TOP + ROW * (place + 0.5), name, max_letters=MAX_IN_COLUMN) for place, name in enumerate(names)
        ),
        names_width=width + GAP,
        marks=tuple(mark(place, model) for place, model in enumerate(models)),
        ticks=axis.ticks,
        borders=tuple(
            TOP + ROW * (i + 1)
            for i, (model, following) in enumerate(pairwise(models))
            if model.group != following.group
        ),
        height=TOP + ROW * len(models) + FOOT,
    )
