"""The writer of rows into a file, one after the other, so that little of a long file is in memory at once."""

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from arena.formats.exports import lmsys, tables, training
from arena.formats.exports.base import ExportFormat, Row

FORMATS = {
    format.name: format
    for format in (
        lmsys.LMSYS_140K,
        lmsys.LMSYS_33K,
        tables.CSV,
        tables.PARQUET,
        training.DPO,
        training.KTO,
        training.SHAREGPT,
        training.ALPACA_EVAL,
    )
}
ROWS_AT_ONCE = 1000

Write = Callable[[Row], object]


@contextmanager
def writer(format: ExportFormat, path: Path) -> Iterator[Write]:
    """Provide a function that writes one row of the format into a new file."""
    if format.kind == "parquet":
        with _parquet(path, format.schema) as write:
            yield write
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        if format.kind == "csv":
            table = csv.DictWriter(file, list(format.fields))
            table.writeheader()
            yield table.writerow
        elif format.kind == "jsonl":
            yield lambda row: file.write(f"{_json(row)}\n")
        else:
            count = [0]

            def write_item(row: Row) -> None:
                file.write(f"{',' if count[0] else '['}\n{_json(row)}")
                count[0] += 1

            yield write_item
            file.write("\n]\n" if count[0] else "[]\n")


@contextmanager
def _parquet(path: Path, schema: Any) -> Iterator[Write]:
    waiting: list[Row] = []
    with pa.parquet.ParquetWriter(path, schema, compression="zstd") as file:

        def flush() -> None:
            file.write_table(pa.Table.from_pylist(waiting, schema=schema))
            waiting.clear()

        def write(row: Row) -> None:
            waiting.append(row)
            if len(waiting) >= ROWS_AT_ONCE:
                flush()

        yield write
        if waiting:
            flush()


def _json(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False)
