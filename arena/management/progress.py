"""What long commands show while they run and when some rows were rejected."""

from collections.abc import Sequence
from typing import Any

from django.core.management.base import OutputWrapper
from tqdm import tqdm

from arena.formats.refusals import RefusedRow

SHOWN_REFUSALS = 10


def progress_bar(what: str, unit: str) -> Any:
    """A bar that goes away at its end; none where nobody watches, as in a log file."""
    return tqdm(desc=what, unit=f" {unit}", leave=False, disable=None)


def tell_refusals(err: OutputWrapper, refused: Sequence[RefusedRow], *, total: int) -> None:
    """The first rows that were rejected, each with its reason, and how many more there are."""
    for row in refused[:SHOWN_REFUSALS]:
        err.write(f"row {row.row}: {row.reason}")
    if total > SHOWN_REFUSALS:
        err.write(f"and {total - SHOWN_REFUSALS} more")
