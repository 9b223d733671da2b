"""Progress bars of long commands, and what they say about rejected rows."""

from collections.abc import Sequence
from typing import Any

from django.core.management.base import OutputWrapper
from tqdm import tqdm

from arena.formats.refusals import RefusedRow

MAX_SHOWN = 10


def progress_bar(what: str, unit: str) -> Any:
    """Return a bar that goes away at its end. Where nobody watches, as in a log file, it shows nothing."""
    return tqdm(desc=what, unit=f" {unit}", leave=False, disable=None)


def move_bar(bar: Any, rows: int, share: float) -> None:
    """Show that so many rows are read. share: how much of the file that is, in [0, 1]; 0 while it is not known."""
    bar.total = round(rows / share) if share else None
    bar.update(rows - bar.n)


def tell_rejected(err: OutputWrapper, rows: Sequence[RefusedRow], *, total: int) -> None:
    """Write the first rows that were rejected, each with its reason, and how many more there are."""
    for row in rows[:MAX_SHOWN]:
        err.write(f"row {row.row}: {row.reason}")
    if total > MAX_SHOWN:
        err.write(f"and {total - MAX_SHOWN} more")
