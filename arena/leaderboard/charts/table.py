"""The figures behind a picture, as the page and the CSV show them."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO
from math import isnan

from arena.formats.cells import plain_cells

#: The first cell names the row. The others are figures as text, None where there is none.
Row = tuple[str | None, ...]


@dataclass(frozen=True)
class Column:
    """key: its name in the CSV, the same in every language. label: its name on the page."""

    key: str
    label: str


@dataclass(frozen=True)
class Table:
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def as_csv(self) -> str:
        text = StringIO()
        csv.writer(text).writerows(map(plain_cells, [[column.key for column in self.columns], *self.rows]))
        return text.getvalue()


def figure(value: float | None, decimals: int = 1) -> str | None:
    """The number as text; None for None and NaN."""
    return None if value is None or isnan(value) else f"{value:.{decimals}f}"


def named_columns(first: Column, names: Iterable[str]) -> tuple[Column, ...]:
    """One column for the names of the rows, and one a model."""
    return (first, *(Column(name, name) for name in names))
