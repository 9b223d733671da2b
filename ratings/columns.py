"""Columns of a table of votes as arrays."""

import numpy as np
import pyarrow as pa
import pyarrow.compute

from ratings.arrays import BoolArray, FloatArray
from ratings.reading import BadFile, Read


def numbers(read: Read, name: str) -> FloatArray:
    """Return the column as numbers (rows,), NaN where it is empty. Raises BadFile.

    A NaN is refused later, with its row.
    """
    column = read.table[name]
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        return np.asarray(column.cast(pa.float64()), dtype=np.float64)
    return np.array(
        [_number(value, f"row {row}, {name}") for row, value in zip(read.numbers, column.to_pylist(), strict=True)]
    )


def categories(column: pa.ChunkedArray) -> dict[str, BoolArray]:
    """Return, by each value in sorted order, whether a row has it (rows,); an empty cell has no value."""
    values = column.combine_chunks().cast(pa.string())
    names = sorted(name for name in pa.compute.unique(values).to_pylist() if name is not None)
    places = np.asarray(pa.compute.index_in(values, pa.array(names, pa.string())).fill_null(-1))
    return {name: places == place for place, name in enumerate(names)}


def _number(value: object, place: str) -> float:
    try:
        return float("nan" if value in (None, "") else str(value))
    except ValueError:
        raise BadFile(f"{place}: {value!r} is not a number") from None
