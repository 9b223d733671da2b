"""Files of votes: CSV, Parquet or JSON lines, with the columns model_a, model_b, winner and any others asked for."""

import csv
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from ratings.errors import RatingsError

VOTES = ("model_a", "model_b", "winner")


class BadFile(RatingsError):
    """A file that is not there, is of no known kind, lacks a column or is broken; the text says where."""


def read_votes(path: Path, *, columns: Sequence[str] = ()) -> pa.Table:
    """Return a table of the columns VOTES and `columns`, in the order of the file. Raises BadFile."""
    wanted = list(dict.fromkeys([*VOTES, *columns]))
    read = READERS.get(path.suffix.lower())
    if read is None:
        raise BadFile(f"{path.name} is none of {', '.join(READERS)}")
    if not path.is_file():
        raise BadFile(f"{path} is a folder, not a file" if path.is_dir() else f"there is no file {path}")
    try:
        table = read(path, wanted)
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        raise BadFile(f"{path.name}: {str(error).splitlines()[0]}") from error
    if missing := [name for name in wanted if name not in table.column_names]:
        raise BadFile(f"{path.name} has no column {', '.join(missing)}; it has {', '.join(table.column_names)}")
    return table.select(wanted)


def _read_csv(path: Path, wanted: Sequence[str]) -> pa.Table:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file), [])
    # Names stay text: a model called 007 is not the number 7.
    convert = pa.csv.ConvertOptions(
        column_types=dict.fromkeys(VOTES, pa.string()), include_columns=[name for name in wanted if name in header]
    )
    try:
        table = pa.csv.read_csv(path, convert_options=convert)
    except pa.ArrowInvalid:
        table = _again_for_the_row(path, convert)
    return table if set(wanted) <= set(header) else pa.table({name: [] for name in header})


def _again_for_the_row(path: Path, convert: pa.csv.ConvertOptions) -> pa.Table:
    """Return the table, read slowly, or raise BadFile with the row that is broken.

    Only a reader of one thread knows in which row it failed; its rows count the header.
    """
    try:
        return pa.csv.read_csv(path, read_options=pa.csv.ReadOptions(use_threads=False), convert_options=convert)
    except pa.ArrowInvalid as error:
        match = re.search(r"Row #(\d+): (.*)", str(error))
        raise BadFile(
            f"{path.name}: row {int(match[1]) - 1}: {match[2]}" if match else f"{path.name}: {error}"
        ) from error


def _read_parquet(path: Path, wanted: Sequence[str]) -> pa.Table:
    file = pa.parquet.ParquetFile(path)
    names = file.schema_arrow.names
    if not set(wanted) <= set(names):
        return pa.table({name: [] for name in names})
    return file.read(columns=list(wanted))


def _read_json_lines(path: Path, wanted: Sequence[str]) -> pa.Table:
    columns: dict[str, list[object]] = {name: [] for name in wanted}
    seen: dict[str, None] = {}
    with path.open(encoding="utf-8") as lines:
        for row, line in enumerate(line for line in lines if line.strip()):
            vote = _vote(line, f"{path.name}: row {row + 1}")
            seen |= dict.fromkeys(vote)
            for name, column in columns.items():
                column.append(vote.get(name))
    return pa.table({name: columns.get(name, []) for name in seen if name in columns} or {name: [] for name in seen})


def _vote(line: str, place: str) -> dict[str, object]:
    try:
        vote = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadFile(f"{place} is not JSON: {error.msg} at character {error.pos + 1}") from error
    if not isinstance(vote, dict):
        raise BadFile(f"{place} is not an object")
    return vote


READERS: dict[str, Callable[[Path, Sequence[str]], pa.Table]] = {
    ".csv": _read_csv,
    ".parquet": _read_parquet,
    ".jsonl": _read_json_lines,
}
