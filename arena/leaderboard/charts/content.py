"""What one chart is made of, before it has words: the table behind it, and how it is drawn from that."""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import StringIO
from math import isnan

from django.utils.translation import gettext as _

from arena.formats.cells import plain_cells

#: The first cell names the row. The others are numbers as text, None where there is none.
Row = tuple[str | None, ...]


@dataclass(frozen=True)
class ChartColumn:
    """A column of the table. key: its name in the CSV, the same in every language. label: its name on the page."""

    key: str
    label: str


@dataclass(frozen=True)
class ChartTable:
    """The numbers behind a chart, as the page and the CSV show them."""

    columns: tuple[ChartColumn, ...]
    rows: tuple[Row, ...]

    def as_csv(self) -> str:
        text = StringIO()
        csv.writer(text).writerows(map(plain_cells, [[column.key for column in self.columns], *self.rows]))
        return text.getvalue()


@dataclass(frozen=True)
class ChartContent:
    """A table and what is drawn from it.

    draw: gives the chart of arena.charts, or None where there is too little to draw; costly, and not needed for the
    table. alternative: a sentence for those who do not see the chart.
    """

    table: ChartTable
    draw: Callable[[], object]
    alternative: str


def number_text(value: float | None, decimals: int = 1) -> str | None:
    """Return the number as text, and None for None and NaN."""
    return None if value is None or isnan(value) else f"{value:.{decimals}f}"


def named_columns(first: ChartColumn, names: Iterable[str]) -> tuple[ChartColumn, ...]:
    """Return the column that names the rows, and then one for each model."""
    return (first, *(ChartColumn(name, name) for name in names))


def ends(best: str, high: str, worst: str, low: str) -> str:
    """Return the alternative of a chart in which models stand in an order."""
    words = {"best": best, "high": high, "worst": worst, "low": low}
    return _("%(best)s has the most, %(high)s; %(worst)s the least, %(low)s.") % words
