"""Files of votes in the columns and words of the field: CSV, Parquet, JSON or JSON lines; all but Parquet also .gz."""

import csv
import gzip
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from io import BufferedIOBase
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet

from ratings import json_list, vocabulary
from ratings.arrays import IntArray
from ratings.errors import BadRow, RatingsError
from ratings.vocabulary import VOTES

#: Columns by which data sets of LMSYS say that a voter saw the names, and which votes are left out.
_OTHERS = ("anony", "dedup_tag")
#: A small packed file may hold more than any memory.
MAX_ROW_BYTES = 10_000_000
#: Rows of JSON whose keys tell what the file has.
LOOKED_AT = 20


class BadFile(RatingsError):
    """A file that is not there, is of no known kind, lacks a column or is broken; the text says where."""


@dataclass(frozen=True)
class Rejected:
    """A row that is no vote, counted from 1, and why."""

    row: int
    reason: str


@dataclass(frozen=True)
class Read:
    """The votes of a file, in its order.

    table: the columns VOTES, with each model in one spelling and winners in words of CHOICES, or empty where a score
    says them; and the other columns asked for. numbers: of these rows in the file, from 1. rejected: the rows that are
    no votes. spellings: by the name that the table has, the others that stand for it.
    """

    table: pa.Table
    numbers: Sequence[int]
    rejected: tuple[Rejected, ...] = ()
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @contextmanager
    def rows_of_file(self) -> Iterator[None]:
        """Let a BadRow of the table tell where in the file the row stands."""
        try:
            yield
        except BadRow as error:
            error.row = self.numbers[error.row] - 1
            raise


@dataclass(frozen=True)
class _Rows:
    """Rows as they stand in a file. numbers: of each, from 1; broken: rows that could not be read at all."""

    table: pa.Table
    numbers: Sequence[int]
    broken: tuple[Rejected, ...] = ()


def read_votes(
    path: Path,
    *,
    columns: Sequence[str] = (),
    mapping: Mapping[str, str] | None = None,
    words: Mapping[str, str] | None = None,
    score: str = "",
) -> Read:
    """Return the votes with the columns asked for. Raises BadFile.

    mapping: the file's columns by VOTES, where they are called otherwise; words: what its own words for winners mean.
    score: the column of points of side A, if there is one; a row with points needs no winner.
    """
    read = READERS.get(_kind(path))
    if read is None:
        raise BadFile(f"{path.name} is none of {', '.join(READERS)}; all but .parquet may be .gz")
    if not path.is_file():
        raise BadFile(f"{path} is a folder, not a file" if path.is_dir() else f"there is no file {path}")
    try:
        rows = read(path, _Wanted(tuple(columns), dict(mapping or {})))
    except (OSError, EOFError, pa.ArrowException, UnicodeDecodeError) as error:
        raise BadFile(f"{path.name}: {str(error).splitlines()[0]}") from error
    if not rows.table.num_rows:
        first = rows.broken[0] if rows.broken else None
        raise BadFile(f"{path.name}: {f'row {first.row}: {first.reason}' if first else 'no rows'}")
    return _votes(rows, words or {}, score, list(dict.fromkeys([*VOTES, *columns])))


@dataclass(frozen=True)
class _Wanted:
    columns: tuple[str, ...]
    mapping: dict[str, str]

    def among(self, path: Path, names: Sequence[str]) -> dict[str, str]:
        """Return the columns that are to be read, by the names that they get. Raises BadFile for a missing one."""
        known = vocabulary.fields(names)
        found = {name: self.mapping.get(name) or known.get(name, name) for name in VOTES}
        found |= {name: name if name in names else known.get(name, name) for name in self.columns}
        if missing := [column for column in found.values() if column not in names]:
            raise BadFile(f"{path.name} has no column {', '.join(missing)}; it has {', '.join(names)}")
        return found | _others(tuple(names))


def _votes(rows: _Rows, words: Mapping[str, str], score: str, wanted: Sequence[str]) -> Read:
    """Return the rows that are votes, in our words. Each distinct row is looked at once."""
    columns = [_Column.of(rows.table[name]) for name in VOTES]
    spelling, spellings = _one_spelling([*columns[0].values, *columns[1].values])
    is_scored = _is_scored(rows.table[score] if score else None, columns[2])
    others = [_Column.of(rows.table[name]) for name in _OTHERS if name in rows.table.column_names]
    places, inverse = _distinct([column.codes for column in columns] + [is_scored] + [each.codes for each in others])
    judged = [_judged(place, [*columns, *others], spelling, words) for place in places]
    reasons = np.array([reason for *_, reason in judged], dtype=object)[inverse]
    rejected = [Rejected(rows.numbers[row], reasons[row]) for row in np.flatnonzero(reasons != "").tolist()]
    is_kept = reasons == ""
    said = {
        name: pa.array([each[place] for each in judged], pa.string()).take(pa.array(inverse))
        for place, name in enumerate(VOTES)
    }
    table = pa.table({name: said.get(name, rows.table[name]) for name in wanted}).filter(pa.array(is_kept))
    numbers = np.asarray(rows.numbers)[is_kept].tolist()
    return Read(table, numbers, tuple(sorted([*rows.broken, *rejected], key=lambda each: each.row)), spellings)


@dataclass(frozen=True)
class _Column:
    """A column of texts as numbers. codes: (rows,) into values."""

    codes: IntArray
    values: list[str]

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> "_Column":
        texts = column if pa.types.is_string(column.type) else pa.array(map(_text, column.to_pylist()), pa.string())
        encoded = pa.compute.fill_null(texts, "").dictionary_encode()
        encoded = encoded.unify_dictionaries().combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
        return cls(np.asarray(encoded.indices, dtype=np.int64), encoded.dictionary.to_pylist())


def _distinct(columns: Sequence[IntArray]) -> tuple[list[list[int]], IntArray]:
    """Return the distinct rows of these columns (rows,), and by each row (rows,) which of them it is."""
    inverse = np.zeros(len(columns[0]), np.int64)
    for column in columns:  # a number for each distinct row so far, so that no product grows too large
        first, inverse = np.unique(inverse * (column.max() + 1) + column, return_index=True, return_inverse=True)[1:]
    return np.stack(columns, axis=1)[first].tolist(), inverse


def _text(value: object) -> str:
    return "" if value is None or value != value else str(value)


def _is_scored(points: pa.ChunkedArray | None, winner: _Column) -> IntArray:
    """Return 1 where points stand and no winner does (rows,)."""
    if points is None:
        return np.zeros(len(winner.codes), np.int64)
    has_points = np.array([_text(value).strip() != "" for value in points.to_pylist()])
    has_winner = np.array([value.strip() != "" for value in winner.values])[winner.codes]
    scored: IntArray = (has_points & ~has_winner).astype(np.int64)
    return scored


def _one_spelling(names: Sequence[str]) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return by each name the one that it is shown under, the first of those that name the same model.

    And by each shown name the others, where there are any that differ in more than the space around them.
    """
    first: dict[str, str] = {}
    shown = {name: first.setdefault(vocabulary.folded(name), vocabulary.spelled(name)) for name in names}
    others = {
        one: tuple(sorted({vocabulary.spelled(name) for name in names if shown[name] == one} - {one}))
        for one in first.values()
    }
    return shown, {one: rest for one, rest in others.items() if rest}


def _judged(
    place: Sequence[int], columns: Sequence[_Column], spelling: Mapping[str, str], words: Mapping[str, str]
) -> tuple[str, str, str | None, str]:
    """Return both names, the choice or None where points say it, and why the row is no vote; empty where it is one."""
    (a, b, winner), (is_scored, *others) = place[:3], place[3:]
    first, second, word = columns[0].values[a], columns[1].values[b], columns[2].values[winner]
    choice = None if is_scored else vocabulary.choice(word, model_a=first, model_b=second, words=words)
    left_out = (_left_out(column.values[code]) for column, code in zip(columns[3:], others, strict=True))
    first, second = spelling[first], spelling[second]
    if not first or not second:
        reason = f"{first or second!r} is compared with no model"
    elif first == second:
        reason = f"{first!r} is compared with itself"
    else:
        reason = "" if is_scored or choice else f"{word!r} is not an outcome"
    return first, second, choice, reason or next(filter(None, left_out), "")


def _left_out(value: str) -> str:
    """Return why the value of one of _OTHERS says that the row is no vote; empty where it does not."""
    if vocabulary.is_false(value):
        return "its voter saw the names of the models (anony is false)"
    if re.search(r"sampled\W+false", value, re.IGNORECASE):
        return "its prompt is so frequent that LMSYS leaves it out (dedup_tag is not sampled)"
    return ""


def _kind(path: Path) -> str:
    packed = path.suffix.lower() == ".gz"
    kind = (path.with_suffix("") if packed else path).suffix.lower()
    return "" if packed and kind == ".parquet" else kind


@contextmanager
def _opened(path: Path) -> Iterator[BufferedIOBase]:
    with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
        yield file


def _read_csv(path: Path, wanted: _Wanted) -> _Rows:
    with _opened(path) as file:
        first = _bounded(path, 1, file.readline(MAX_ROW_BYTES + 1)).decode("utf-8-sig")
    delimiter = vocabulary.delimiter(first)
    header = next(csv.reader([first], delimiter=delimiter), [])
    if not header:
        raise BadFile(f"{path.name}: Empty CSV file")
    if twice := next((name for name in header if name and header.count(name) > 1), None):
        raise BadFile(f"{path.name}: two of its columns are called {twice!r}")
    columns = wanted.among(path, header)
    broken: dict[int, str] = {}

    def skip(row: Any) -> str:
        broken[row.number or 0] = (
            f"it has {row.actual_columns} columns where the first line names {row.expected_columns}"
        )
        return "skip"

    def table(*, use_threads: bool) -> pa.Table:
        broken.clear()
        with _opened(path) as file:
            return pa.csv.read_csv(
                file,
                read_options=pa.csv.ReadOptions(use_threads=use_threads),
                parse_options=pa.csv.ParseOptions(
                    delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip
                ),
                # Names stay text: a model called 007 is not the number 7.
                convert_options=pa.csv.ConvertOptions(
                    column_types={columns[name]: pa.string() for name in VOTES},
                    include_columns=list(dict.fromkeys(columns.values())),
                ),
            )

    read = table(use_threads=True)
    if broken:  # only a reader of one thread knows which rows these are; its rows count the header
        read = table(use_threads=False)
    skipped = tuple(Rejected(row - 1, reason) for row, reason in broken.items())
    return _Rows(_named(read, columns), _numbers_without(read.num_rows, {each.row for each in skipped}), skipped)


def _named(table: pa.Table, columns: Mapping[str, str]) -> pa.Table:
    return pa.table({name: table[column] for name, column in columns.items()})


def _numbers_without(how_many: int, skipped: set[int]) -> list[int]:
    return [row for row in range(1, how_many + len(skipped) + 1) if row not in skipped]


def _read_parquet(path: Path, wanted: _Wanted) -> _Rows:
    file = pa.parquet.ParquetFile(path)
    columns = wanted.among(path, file.schema_arrow.names)
    table = file.read(columns=list(dict.fromkeys(columns.values())))
    return _Rows(_named(table, columns), range(1, table.num_rows + 1))


def _read_json(path: Path, wanted: _Wanted) -> _Rows:
    with _opened(path) as file:
        opening = file.read(1000).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return _of_objects(path, wanted, _listed(path) if opening == b"[" else _lines(path))


def _bounded(path: Path, number: int, line: bytes) -> bytes:
    if len(line) > MAX_ROW_BYTES:
        raise BadFile(f"{path.name}: row {number} has more than {MAX_ROW_BYTES:,} bytes: is a row a line?")
    return line


def _listed(path: Path) -> Iterator[tuple[int, object]]:
    """Yield the values of a JSON list with their numbers, a part of the file in memory at a time."""
    with _opened(path) as file:
        try:
            yield from json_list.values(file, max_value_characters=MAX_ROW_BYTES)
        except json_list.BadList as error:
            raise BadFile(f"{path.name}: {error}") from error


def _lines(path: Path) -> Iterator[tuple[int, object]]:
    """Yield each line that is not empty with its number and its value; one that is no JSON comes as the reason."""
    with _opened(path) as file:
        lines = iter(lambda: file.readline(MAX_ROW_BYTES + 1), b"")
        for number, line in enumerate((line for line in lines if line.strip()), start=1):
            _bounded(path, number, line)
            text = line.decode("utf-8-sig", errors="replace")
            try:
                yield number, json.loads(text)
            except ValueError:
                yield number, "it is not JSON"
            except RecursionError:
                yield number, "it is nested too deeply"


def _of_objects(path: Path, wanted: _Wanted, values: Iterator[tuple[int, object]]) -> _Rows:
    first = list(islice(values, LOOKED_AT))
    names = dict.fromkeys(key for _, value in first if isinstance(value, dict) for key in value)
    columns = wanted.among(path, list(names)) if names else {}
    named = list(dict.fromkeys((*columns, *_OTHERS)))
    rows, numbers, broken = [], [], []
    for number, value in chain(first, values):
        if not isinstance(value, dict):
            broken.append(Rejected(number, value if isinstance(value, str) else "it is not an object"))
            continue
        # Objects need not have the same keys, and none may hide what makes it no vote.
        own = columns | _others(tuple(value))
        rows.append([value.get(own.get(name, name)) for name in named])
        numbers.append(number)
    cells = ([row[place] for row in rows] for place in range(len(named)))
    found = {name: pa.chunked_array([_array(column)]) for name, column in zip(named, cells, strict=True)}
    return _Rows(pa.table(found), numbers, tuple(broken))


@lru_cache(1 << 10)
def _others(names: tuple[str, ...]) -> dict[str, str]:
    known = vocabulary.fields(names)
    return {name: known[name] for name in _OTHERS if name in known}


def _array(cells: list[object]) -> pa.Array:
    try:
        return pa.array(cells)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if cell is None else str(cell) for cell in cells])


READERS: dict[str, Callable[[Path, _Wanted], _Rows]] = {
    ".csv": _read_csv,
    ".tsv": _read_csv,
    ".parquet": _read_parquet,
    ".jsonl": _read_json,
    ".ndjson": _read_json,
    ".json": _read_json,
}
