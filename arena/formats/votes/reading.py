"""The reader of votes from any file: its format is found by its columns, and a bad row does not stop the others."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from arena.formats.refusals import RefusedRow, Unusable, unknown_columns
from arena.formats.tables import Row, Table
from arena.formats.votes import (
    annotations,
    arena_hard,
    comparia,
    fastchat,
    kaggle,
    lmsys,
    mt_bench,
    open_webui,
    plain,
)
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
    open_webui.FORMAT,
    fastchat.FORMAT,
    comparia.VOTES,
    comparia.REACTIONS,
    arena_hard.FORMAT,
    plain.AUTOARENA,
    plain.FORMAT,
)
#: Columns that say of a row of any format that it is no vote here.
_OF_ALL = frozenset({"anony", "dedup_tag"})
_OF_ANOTHER_SHAPE = (KeyError, TypeError, AttributeError, ValueError, IndexError)
_MAPPING = 'Any table can be read: say what its columns are with --mapping "model_a=COLUMN"'
NAMES = tuple(dict.fromkeys(format.name for format in FORMATS))


class VoteFile:
    """One file of votes. without_texts: how many votes that have been read had texts that could not be.

    Raises MalformedFile where it is of no known format, or not of the wanted one.
    """

    def __init__(
        self,
        path: Path,
        format: str | None = None,
        *,
        with_texts: bool = True,
        mapping: Mapping[str, str] | None = None,
        words: Mapping[str, str] | None = None,
    ) -> None:
        """Open the file. mapping: its columns by plain.FIELDS; words: what its words for winners mean. Either makes it
        a plain table."""
        self._table, self.without_texts = Table(path), 0
        self._is_mapped = bool(mapping or words)
        self._columns = self._by_field(self._table.names)
        if self._is_mapped:
            self.format = plain.mapped(_mapped(self._table, mapping or {}), words or {})
        else:
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
        columns = _only(self._columns, read)
        rows = self._table.rows(columns.values())
        absent, by_keys = dict.fromkeys(columns), dict[tuple[str, ...], dict[str, str]]()

        def named(row: Row) -> Row:
            # Objects of JSON may have other keys than the first ones.
            if self._table.is_json and (keys := tuple(row)) not in by_keys:
                by_keys[keys] = _only(self._by_field(keys), read)
            return absent | _named(row, by_keys[tuple(row)] if self._table.is_json else columns)

        named_rows = ((number, row if isinstance(row, str) else named(row)) for number, row in rows)
        for number, row in self.format.rows(named_rows):
            yield RefusedRow(number, row) if isinstance(row, str) else self._vote(number, row)

    @property
    def has_texts(self) -> bool:
        """Tell whether the file has columns for what was said."""
        return any(name in self.format.texts or _begins(name, self.format.texts) for name in self._columns)

    def _by_field(self, names: Collection[str]) -> dict[str, str]:
        """Return the columns by what formats call them; of a mapped file by their own names."""
        known = fields(names)
        of_all = {name: column for name, column in known.items() if name in _OF_ALL}
        return {name: name for name in names} | of_all if self._is_mapped else known

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


def _only(columns: Mapping[str, str], read: Collection[str]) -> dict[str, str]:
    """Return those that are read, or lead to what is."""
    return {name: column for name, column in columns.items() if name in read or _begins(name, read)}


def _named(row: Row, columns: Mapping[str, str]) -> Row:
    return {name: row.get(column) for name, column in columns.items()}


def _begins(name: str, paths: Collection[str]) -> bool:
    """Tell whether one of the paths leads into the column of this name."""
    return any(path.startswith(f"{name}.") for path in paths)


def _mapped(table: Table, mapping: Mapping[str, str]) -> dict[str, str]:
    """Return the columns by field: those that were told, and others by their own names. Raises MalformedFile."""
    known: dict[str, str] = {name: column for name, column in fields(table.names).items() if name in plain.FIELDS}
    # One score that nobody has told may be a judge's mark.
    columns = {name: column for name, column in known.items() if name != "score"} | dict(mapping)
    if "score" in mapping and "winner" not in mapping:
        columns.pop("winner", None)
    missing = [name for name in ("model_a", "model_b") if name not in columns]
    missing += [] if {"winner", "score"} & columns.keys() else ["winner"]
    absent = [column for column in mapping.values() if column not in table.names and not _is_path(column, table.names)]
    if missing or absent:
        raise unknown_columns(table.path, None, missing=absent or missing, there=table.names, todo=_MAPPING)
    return columns


def _is_path(column: str, names: Collection[str]) -> bool:
    return any(_begins(name, [column]) for name in names)


def _find(table: Table, wanted: str | None, names: frozenset[str]) -> VoteFormat:
    named = [format for format in FORMATS if wanted in (None, format.name)]
    for format in named:
        if format.needs <= names:
            return format
    # Where several are equally near, take the plainest, which comes last.
    missing = min((sorted(format.needs - names) for format in reversed(named)), key=len)
    raise unknown_columns(table.path, wanted, missing=missing, there=table.names, todo="" if wanted else _MAPPING)
