"""Checked values of single fields of a row."""

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

from arena.formats.benchmarks.base import PERCENT, Row, Score
from arena.formats.cells import named
from arena.formats.refusals import Unusable

#: The marks of tables for what was not measured.
BLANKS = {"", "-", "–", "—", "n/a", "na", "nan", "none", "null", "?"}
_TAG = re.compile("<[^>]*>")
_FIRST_LINK = re.compile("<a [^>]*>(.*?)</a>", re.DOTALL)


def name(row: Row, *keys: str) -> str:
    """Return the first of these fields that is filled, as a model's name. Raises Unusable."""
    filled = (value.strip() for value in map(row.get, keys) if isinstance(value, str) and value.strip())
    return named(next(filled, ""), keys[0])


def linked(value: Any) -> str:
    """Return the words of the first link where a cell is HTML, otherwise the cell."""
    text = value if isinstance(value, str) else ""
    link = _FIRST_LINK.search(text)
    return _TAG.sub("", link.group(1) if link else text).strip()


def number(value: Any, what: str) -> float | None:
    """Return a finite number, or None for a blank. Raises Unusable."""
    if value is None or (isinstance(value, str) and value.strip().casefold() in BLANKS):
        return None
    try:
        parsed = math.inf if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        parsed = math.inf
    if math.isnan(parsed):
        return None
    if math.isinf(parsed):
        raise Unusable(f"its {what!r} is {value!r:.60}, not a number")
    return parsed


def scores(row: Row, columns: Iterable[tuple[str, str]], *, unit: str = "") -> Iterator[Score]:
    """Yield a score for each (benchmark, column) that is not blank.

    Raises Unusable for a percentage outside 0 to 100.
    """
    for benchmark, column in columns:
        value = number(row.get(column), column)
        if value is None:
            continue
        if unit == PERCENT and not 0 <= value <= 100:
            raise Unusable(f"its {column!r} is {value:g}, not between 0 and 100")
        yield Score(benchmark, value, unit)
