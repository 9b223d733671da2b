"""The reader of votes from any file: its format is found by its columns, and a bad row does not stop the others."""

from collections.abc import Iterator
from pathlib import Path

from arena.formats.refusals import RefusedRow, Unusable, unknown_columns
from arena.formats.tables import Row, Table
from arena.formats.votes import annotations, kaggle, lmsys, mt_bench, plain
from arena.formats.votes.base import VoteFormat, VoteRecord

#: The first format whose columns are all there is taken. The plain one needs the fewest, so it comes last.
FORMATS = (
    kaggle.FORMAT,
    lmsys.ARENA_140K,
    lmsys.ARENA_100K,
    lmsys.LMSYS_33K,
    mt_bench.PEOPLE,
    mt_bench.PAIRS,
    annotations.FORMAT,
    plain.AUTOARENA,
    plain.FORMAT,
)
NAMES = tuple(dict.fromkeys(format.name for format in FORMATS))


class VoteFile:
    """One file of votes. Raises MalformedFile where it is of no known format, or not of the wanted one."""

    def __init__(self, path: Path, format: str | None = None) -> None:
        self._table = Table(path)
        self.format = _find(self._table, format)

    @property
    def share(self) -> float:
        """The part of the file that has been read, in [0, 1]."""
        return self._table.share

    def votes(self) -> Iterator[tuple[int, VoteRecord] | RefusedRow]:
        """Yield each row in order: its number from 1 with its vote, or the rejected row.

        Raises MalformedFile, also later.
        """
        for number, row in self._table.rows(self.format.columns):
            yield _vote(number, row, self.format)


def _vote(number: int, row: Row | str, format: VoteFormat) -> tuple[int, VoteRecord] | RefusedRow:
    if isinstance(row, str):
        return RefusedRow(number, row)
    try:
        return number, format.read(row)
    except Unusable as reason:
        return RefusedRow(number, str(reason))
    except (KeyError, TypeError, AttributeError):
        return RefusedRow(number, "it has not the shape of the others")


def _find(table: Table, wanted: str | None) -> VoteFormat:
    named = [format for format in FORMATS if wanted in (None, format.name)]
    for format in named:
        if format.needs <= table.names:
            return format
    # Where several are equally near, take the plainest, which comes last.
    missing = min((sorted(format.needs - table.names) for format in reversed(named)), key=len)
    raise unknown_columns(table.path, wanted, missing=missing, there=table.names)
