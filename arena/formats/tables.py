"""Rows of Parquet, CSV with any mark between its cells, JSON lines or one JSON list; all but Parquet may be .gz.

Little of a file is in memory at once.
"""

import csv
import gzip
import io
import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import pyarrow as pa
import pyarrow.parquet

from arena.formats.bounds import MAX_ROW_CHARACTERS, bounded_lines
from arena.formats.json_list import MAX_FILE_BYTES, values
from arena.formats.refusals import MalformedFile, as_malformed
from ratings.vocabulary import delimiter

#: A row as it stands in its file. A numbered row may be the reason why it cannot be read.
Row = dict[str, Any]
Numbered = tuple[int, Row | str]

TABLES = (".parquet", ".csv", ".tsv")
KINDS = (*TABLES, ".json", ".jsonl", ".ndjson")
#: Of Parquet: what one group of rows unpacks to, by its own account.
MAX_GROUP_BYTES = 4_000_000_000
ROWS_AT_ONCE = 500
#: Rows of JSON whose keys tell what the file has.
LOOKED_AT = 20
_UNREADABLE = "\ufffd"
_NOT_JSON = "it is not JSON"


class Table:
    """One file of rows, which can be read once. names: of its columns; share: how much has been read, in [0, 1]."""

    def __init__(self, path: Path, *, opening: str = "") -> None:
        """Open the file. opening: the first sign of JSON, whatever the file's name; empty: the name tells the kind.

        Raises MalformedFile where nothing in it can be read.
        """
        self.path, self.share, self._json = path, 0.0, opening
        self._rows: Iterator[Numbered] | None = None
        with _as_malformed(path):
            if not opening and _kind(path) == ".parquet":
                self.names = self._parquet_names()
            else:
                self.names, self._rows = self._first_rows()

    def rows(self, columns: Collection[str]) -> Iterator[Numbered]:
        """Yield numbers from 1 and rows with at least these columns, where the file has them.

        A row that cannot be read comes as the reason. Raises MalformedFile, maybe after many good rows.
        """
        with _as_malformed(self.path):
            yield from self._parquet(sorted(self.names & set(columns))) if self._rows is None else self._rows
        self.share = 1.0

    def _parquet_names(self) -> frozenset[str]:
        about = pa.parquet.read_metadata(self.path)
        if not about.num_rows:
            raise MalformedFile(self.path, None, "no rows")
        if any(about.row_group(group).total_byte_size > MAX_GROUP_BYTES for group in range(about.num_row_groups)):
            raise MalformedFile(self.path, None, f"rows that come together hold more than {MAX_GROUP_BYTES:,} bytes")
        return frozenset(about.schema.to_arrow_schema().names)

    def _first_rows(self) -> tuple[frozenset[str], Iterator[Numbered]]:
        """Return the columns of the first rows, and all rows. Objects of JSON need not have the same keys."""
        rows, passed, names = self._all_or_fault(), list[Numbered | MalformedFile](), dict[str, None]()
        for each in rows:
            passed.append(each)
            if isinstance(each, tuple) and isinstance(each[1], dict):
                names |= dict.fromkeys(each[1])
            if names and (not self.is_json or len(passed) == LOOKED_AT):
                break
        if names:
            return frozenset(names), _or_raised(chain(passed, rows))
        first = passed[0] if passed else (1, "no rows")
        raise first if isinstance(first, MalformedFile) else MalformedFile(self.path, None, str(first[1]))

    def _all_or_fault(self) -> Iterator[Numbered | MalformedFile]:
        """Yield the rows, and what is wrong with the file after them."""
        try:
            with _as_malformed(self.path):
                yield from self._text_rows()
        except MalformedFile as fault:
            yield fault

    def _text_rows(self) -> Iterator[Numbered]:
        if not self._json and _kind(self.path) in (".csv", ".tsv"):
            yield from self._csv()
        elif self.is_json_list:
            for number, value in values(self.path, is_limited=False):
                yield number, value if isinstance(value, dict) else "it is not an object with keys"
        else:
            yield from self._json_lines()

    @property
    def is_json(self) -> bool:
        """Tell whether the rows are objects of JSON."""
        return bool(self._json) or _kind(self.path) not in TABLES

    @property
    def is_json_list(self) -> bool:
        """Tell whether the file is one JSON list."""
        return self.is_json and (self._json or self._opening()) == "["

    def _opening(self) -> str:
        with self._opened() as text:
            return text.read(1000).lstrip()[:1]

    def _csv(self) -> Iterator[Numbered]:
        csv.field_size_limit(MAX_ROW_CHARACTERS)
        with self._opened() as text:
            lines = (line for _, line in bounded_lines(self.path, text))
            first = next(lines, "")
            mark = delimiter(first)
            # Who puts a space before a quoted cell means the cell.
            reader = csv.reader(chain([first], lines), delimiter=mark, skipinitialspace=f'{mark} "' in first)
            header = next(reader, [])
            if twice := next((name for name in header if name and header.count(name) > 1), None):
                raise MalformedFile(self.path, None, f"two of its columns are called {twice!r}")
            if _UNREADABLE in "".join(header):
                raise MalformedFile(self.path, None, "it is not UTF-8 text: save it as UTF-8")
            for number in count(1):
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield number, f"it is not CSV: {error}"
                    continue
                if len(cells) == len(header):
                    yield number, dict(zip(header, cells, strict=True))
                elif cells:
                    yield number, f"it has {len(cells)} columns where the first line names {len(header)}"

    def _json_lines(self) -> Iterator[Numbered]:
        with self._opened() as text:
            for number, line in bounded_lines(self.path, text):
                row = _object(line) if line.strip() else None
                if number == 1 and row == _NOT_JSON and self._is_one_object():
                    raise MalformedFile(self.path, None, "it is one JSON object, not a list of rows")
                if row is not None:
                    yield number, row

    def _is_one_object(self) -> bool:
        with self._opened() as text:
            return isinstance(_object(text.read(MAX_FILE_BYTES)), dict)

    def _parquet(self, columns: list[str]) -> Iterator[Numbered]:
        with pa.parquet.ParquetFile(self.path) as file:
            number, total = 0, file.metadata.num_rows
            # Threads would read ahead, which takes memory, and the database is slower anyway.
            for batch in file.iter_batches(ROWS_AT_ONCE, columns=columns, use_threads=False):
                self.share = number / total
                yield from enumerate(batch.to_pylist(), start=number + 1)
                number += batch.num_rows

    @contextmanager
    def _opened(self) -> Iterator[TextIO]:
        with self.path.open("rb") as raw:
            counted = _Counted(raw, self)
            unpacked = gzip.GzipFile(fileobj=counted) if self.path.suffix.lower() == ".gz" else counted
            # Bytes that are not UTF-8 become a visible mark, and no row is lost.
            yield io.TextIOWrapper(io.BufferedReader(unpacked), "utf-8-sig", errors="replace", newline="")


class _Counted(io.RawIOBase):
    """A file that tells its table how much of it has been read."""

    def __init__(self, raw: BinaryIO, table: Table) -> None:
        self._raw, self._table = raw, table
        self._size, self._read = max(1, table.path.stat().st_size), 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        read = self._raw.readinto(buffer)  # type: ignore[attr-defined]
        self._read += read
        self._table.share = self._read / self._size
        return int(read)


def bare_name(path: Path) -> str:
    """Return the file's name without what says of which kind it is: two files of one folder differ in it."""
    unpacked = path.name.removesuffix(".gz")
    return unpacked if "." not in unpacked.lstrip(".") else unpacked.rpartition(".")[0]


def _or_raised(rows: Iterable[Numbered | MalformedFile]) -> Iterator[Numbered]:
    for each in rows:
        if isinstance(each, MalformedFile):
            raise each
        yield each


def _object(line: str) -> Row | str:
    try:
        value = json.loads(line)
    except ValueError:
        return _NOT_JSON
    except RecursionError:
        return "it is nested too deeply"
    return value if isinstance(value, dict) else "it is not an object with keys"


def kind_of(path: Path) -> str:
    """Return the ending that tells the kind of the file: the last one, or that before .gz."""
    return (path.with_suffix("") if path.suffix.lower() == ".gz" else path).suffix.lower()


def _kind(path: Path) -> str:
    kind = kind_of(path)
    if kind not in KINDS or (kind == ".parquet" and path.suffix.lower() == ".gz"):
        raise MalformedFile(path, None, f"it ends in none of {', '.join(KINDS)}; all but .parquet may be .gz")
    return kind


@contextmanager
def _as_malformed(path: Path) -> Iterator[None]:
    try:
        with as_malformed(path):
            yield
    except pa.ArrowException as error:
        raise MalformedFile(path, None, f"it is not Parquet, or it is damaged: {str(error).splitlines()[0]}") from None
