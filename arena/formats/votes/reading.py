"""The reader of votes from any file: its format is found by its columns, and a bad row does not stop the others."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from arena.formats.refusals import RefusedRow, Unusable, unknown_columns
from arena.formats.tables import Row, Table
from arena.formats.votes import annotations, kaggle, lmsys, mt_bench, plain
from arena.formats.votes.base import VoteFormat, VoteRecord
from arena.formats.votes.fields import refuse_if_names_were_seen, refuse_if_not_sampled
from ratings.vocabulary import fields

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
#: Columns that say of a row of any format that it is no vote here.
_OF_ALL = frozenset({"anony", "dedup_tag"})
_OF_ANOTHER_SHAPE = (KeyError, TypeError, AttributeError)
NAMES = tuple(dict.fromkeys(format.name for format in FORMATS))


class VoteFile:
    """One file of votes. without_texts: how many votes that have been read had texts that could not be.

    Raises MalformedFile where it is of no known format, or not of the wanted one.
    """

    def __init__(self, path: Path, format: str | None = None, *, with_texts: bool = True) -> None:
        self._table, self.without_texts = Table(path), 0
        self._columns = fields(self._table.names)
        self.format = _find(self._table, format, frozenset(self._columns))
        self._with_texts = with_texts and self.has_texts

    @property
    def share(self) -> float:
        """The part of the file that has been read, in [0, 1]."""
        return self._table.share

    def votes(self) -> Iterator[tuple[int, VoteRecord] | RefusedRow]:
        """Yield each row in order: its number from 1 with its vote, or the rejected row.

        Raises MalformedFile, also later.
        """
        read = self.format.columns | _OF_ALL | (self.format.texts if self._with_texts else frozenset())
        columns = {name: column for name, column in self._columns.items() if name in read}
        for number, row in self._table.rows(columns.values()):
            if isinstance(row, str):
                yield RefusedRow(number, row)
            else:
                yield self._vote(number, {name: row.get(column) for name, column in columns.items()})

    @property
    def has_texts(self) -> bool:
        """Tell whether the file has columns for what was said."""
        return not self.format.texts.isdisjoint(self._columns)

    def _vote(self, number: int, row: Row) -> tuple[int, VoteRecord] | RefusedRow:
        try:
            refuse_if_names_were_seen(row)
            refuse_if_not_sampled(row)
            vote = self.format.read(row)
        except Unusable as reason:
            return RefusedRow(number, str(reason))
        except _OF_ANOTHER_SHAPE:
            return RefusedRow(number, "it has not the shape of the others")
        return number, (self._with_its_texts(vote, row) if self._with_texts else vote)

    def _with_its_texts(self, vote: VoteRecord, row: Row) -> VoteRecord:
        """Return the vote with its texts; without them where they cannot be read, because the vote still can."""
        try:
            return replace(vote, turns=self.format.read_texts(row))
        except (Unusable, *_OF_ANOTHER_SHAPE):
            self.without_texts += 1
            return vote


def _find(table: Table, wanted: str | None, names: frozenset[str]) -> VoteFormat:
    named = [format for format in FORMATS if wanted in (None, format.name)]
    for format in named:
        if format.needs <= names:
            return format
    # Where several are equally near, take the plainest, which comes last.
    missing = min((sorted(format.needs - names) for format in reversed(named)), key=len)
    raise unknown_columns(table.path, wanted, missing=missing, there=table.names)
