"""The rules for one cell: a name that comes in, and text that goes out to a spreadsheet."""

import re
from collections.abc import Iterable

from arena.formats.refusals import Unusable

MAX_NAME = 100

_UNREADABLE = re.compile("[\x00-\x1f\x7f\ufffd\ud800-\udfff]")
#: Some programs look for a formula after a tab or a line end, too.
_RUN = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def named(text: str, what: str) -> str:
    """Return the text if it can be the name of a model, an id or a judge. what: its field. Raises Unusable."""
    if not text:
        raise Unusable(f"{what!r} is missing")
    if len(text) > MAX_NAME or _UNREADABLE.search(text):
        raise Unusable(f"{what!r} is longer than {MAX_NAME} characters, or holds some that cannot be read")
    return text


def plain_cells(row: Iterable[object]) -> list[object]:
    """Return the row with an apostrophe before each text that a spreadsheet would run; numbers stay numbers."""
    return [f"'{cell}" if isinstance(cell, str) and _would_run(cell) else cell for cell in row]


def _would_run(text: str) -> bool:
    return text.startswith(_RUN) and not _NUMBER.fullmatch(text)
