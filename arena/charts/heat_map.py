"""A chart of models against models: one cell for each pair, with its figure; a higher figure has a stronger colour."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np

from arena.charts.labels import Label, label
from ratings.arrays import BoolArray, FloatArray

#: Shades go from 0, the faintest, to SHADES, the strongest.
SHADES = 8
NAMES, TOP, EDGE = 172, 168, 8
#: Thirty cells of the least width are as wide as the page.
ROW, MIN_WIDTH, MAX_WIDTH, ROOM = 26, 32, 64, 520


@dataclass(frozen=True)
class Shade:
    """The cells of one shade as one path. is_unsure: their figures rest on little."""

    number: int
    path: str
    is_unsure: bool = False


@dataclass(frozen=True)
class HeatMap:
    """The cells of a heat map and the names around them.

    rows: names that stay in view, so on a drawing of their own, names_width wide. columns: names to be turned upwards
    around their places.
    """

    rows: tuple[Label, ...]
    columns: tuple[Label, ...]
    cells: tuple[Label, ...]
    shades: tuple[Shade, ...]
    width: float
    height: float
    names_width: float = NAMES


@dataclass(frozen=True)
class _Grid:
    size: int

    @property
    def cell(self) -> float:
        return round(min(MAX_WIDTH, max(MIN_WIDTH, ROOM / self.size)))

    def x(self, column: int) -> float:
        return self.cell * column

    def y(self, row: int) -> float:
        return TOP + ROW * row


def heat_map(
    names: Sequence[str],
    values: FloatArray,
    *,
    most: float,
    words: Callable[[float], str],
    unsure: BoolArray | None = None,
) -> HeatMap | None:
    """Return the heat map of the values, or None for fewer than two models.

    values: (n, n), row against column, in [0, most], NaN for an empty cell. unsure: (n, n), which of them rest on
    little.
    """
    if len(names) < 2:
        return None
    grid, rows = _Grid(len(names)), values.tolist()
    known = [
        (row, column, value) for row, line in enumerate(rows) for column, value in enumerate(line) if not isnan(value)
    ]
    return HeatMap(
        rows=tuple(label(NAMES - 8, grid.y(row) + ROW / 2, name) for row, name in enumerate(names)),
        columns=tuple(label(grid.x(column) + grid.cell / 2, TOP - 8, name) for column, name in enumerate(names)),
        cells=tuple(Label(grid.x(c) + grid.cell / 2, grid.y(r) + ROW / 2, words(value)) for r, c, value in known),
        shades=tuple(_shades(grid, known, most, np.zeros(values.shape, dtype=bool) if unsure is None else unsure)),
        width=grid.x(len(names)) + EDGE,
        height=grid.y(len(names)) + EDGE,
    )


def _shades(grid: _Grid, known: Sequence[tuple[int, int, float]], most: float, unsure: BoolArray) -> Iterator[Shade]:
    paths: dict[tuple[int, bool], list[str]] = {}
    for row, column, value in known:
        outline = f"M{grid.x(column):.0f} {grid.y(row):.0f}h{grid.cell - 1:.0f}v{ROW - 1}h-{grid.cell - 1:.0f}z"
        number = round(SHADES * value / most) if most > 0 else 0
        paths.setdefault((number, bool(unsure[row, column])), []).append(outline)
    return (Shade(number, "".join(paths[number, is_unsure]), is_unsure) for number, is_unsure in sorted(paths))
