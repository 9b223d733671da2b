"""CSV that people open in a spreadsheet: no name becomes a formula there."""

import re
from collections.abc import Iterable

#: After a tab or a line end, too, some programs look for a formula.
_RUN = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def plain_cells(row: Iterable[object]) -> list[object]:
    """The row with an apostrophe before each text that a spreadsheet would run; numbers stay numbers."""
    return [f"'{cell}" if isinstance(cell, str) and _would_run(cell) else cell for cell in row]


def _would_run(text: str) -> bool:
    return text.startswith(_RUN) and not _NUMBER.fullmatch(text)
