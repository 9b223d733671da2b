"""The way from columns of names and words to the integer codes of `Comparisons`.

The columns are lists, NumPy arrays, or Arrow or pandas columns.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute

from ratings.arrays import BoolArray, FloatArray, IntArray
from ratings.comparisons import Comparisons, Outcome
from ratings.errors import BadRow, BadScore, LengthMismatch, MissingName, SelfComparison, UnknownOutcome

#: The values of a column of outcomes, in the words of the public data sets.
OUTCOMES = {
    "model_a": Outcome.MODEL_A,
    "model_b": Outcome.MODEL_B,
    "tie": Outcome.TIE,
    "both_bad": Outcome.BOTH_BAD,
    "tie (bothbad)": Outcome.BOTH_BAD,
}
Name = str | int
Column = Any  # an Arrow array, in one piece or in chunks


@dataclass(frozen=True, eq=False)
class NamedComparisons:
    """Votes, and the names (n,) of their models in order."""

    votes: Comparisons
    names: tuple[Name, ...]

    def among(self, rows: IntArray | BoolArray) -> "NamedComparisons":
        """Return these votes, and only the models that they name. rows: as in Comparisons.among."""
        votes = self.votes.among(rows)
        models = np.unique(np.concatenate([votes.a, votes.b]))
        return NamedComparisons(votes.between(models)[0], tuple(self.names[model] for model in models))


def spelled(name: Name) -> Name:
    """Return the name as boards write it: in NFC and without white space around it; a number as it is."""
    return unicodedata.normalize("NFC", name).strip() if isinstance(name, str) else name


def encode(
    model_a: Any,
    model_b: Any,
    winner: Any,
    *,
    weight: npt.ArrayLike | None = None,
    score: Any = None,
    features: npt.ArrayLike | None = None,
) -> NamedComparisons:
    """Return the votes of columns of one length; the models are in the order of their sorted names.

    model_a, model_b: (votes,) names, one model where `spelled` makes them equal, or integers; winner: (votes,) words
    of OUTCOMES or codes of Outcome. Each a list, a NumPy array, an Arrow or a pandas column. weight: (votes,);
    score: (votes,) of side A, empty where the winner says it, as in Comparisons; then the winner may be None, or empty
    where the score says it. features: (votes, k).
    Raises MissingName, UnknownOutcome, LengthMismatch and what Comparisons raises, at the first bad row.
    """
    first, second = _alike(_column(model_a), _column(model_b))
    graded = None if score is None else _numbers(score)
    outcome = outcomes(winner if graded is None else _with_winners(winner, graded))
    if len({len(first), len(second), len(outcome)}) > 1:
        shapes = [(len(column),) for column in (first, second, outcome)]
        raise LengthMismatch(min(shapes)[0], shapes)
    names, (a, b) = _named(first, second)
    try:
        votes = Comparisons(a, b, outcome=outcome, n_models=len(names), weight=weight, score=graded, features=features)
    except SelfComparison as error:
        raise SelfComparison(error.row, names[a[error.row]]) from error
    return NamedComparisons(votes, names)


def outcomes(winner: Any) -> IntArray:
    """Return the codes (votes,) of Outcome. Raises UnknownOutcome.

    winner: (votes,) words of OUTCOMES or codes, as in encode.
    """
    column = _column(winner)
    if pa.types.is_integer(column.type):
        known, codes = pa.array(list(Outcome), column.type), list(Outcome)
    elif _is_text(column.type) or not len(column):
        known, codes = pa.array(list(OUTCOMES), column.type), list(OUTCOMES.values())
    else:
        raise UnknownOutcome(0, column[0].as_py())
    return _codes(pa.compute.index_in(column, known), codes, column=column, error=UnknownOutcome)


def voters(names: Any, *, n_votes: int) -> IntArray:
    """Return whole numbers (votes,) that are equal where the voter is; each nameless vote has one below 0 of its own.

    names: (votes,) in any form that encode takes, one voter where `spelled` makes texts equal; None, NaN and texts of
    nothing but white space name nobody. Raises LengthMismatch unless there are n_votes.
    """
    shape = getattr(names, "shape", (len(names),))
    if shape != (n_votes,):
        raise LengthMismatch(min(n_votes, len(names)), [(n_votes,), shape])
    column = _column(names)
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = column.dictionary_encode()
    codes: IntArray = np.append(_one_each(encoded.dictionary), -1)[np.asarray(encoded.indices.fill_null(-1))]
    return each_nameless(codes)


def each_nameless(numbers: IntArray) -> IntArray:
    """Return the numbers (votes,) with one of its own below 0 in place of each that is below 0."""
    own, nameless = numbers.copy(), np.flatnonzero(numbers < 0)
    own[nameless] = -1 - np.arange(len(nameless))
    return own


def _numbers(values: Any) -> FloatArray:
    """Return the column as numbers (rows,), NaN where it is empty. Raises BadScore for what is no number."""
    column = _column(values)
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_null(column.type)):
        texts = [value for value in column.to_pylist() if value is not None]
        if texts:
            raise BadScore(column.to_pylist().index(texts[0]), texts[0])
    numbers: FloatArray = np.array(column.cast(pa.float64()), dtype=np.float64)
    numbers.setflags(write=False)
    return numbers


def _with_winners(winner: Any, score: FloatArray) -> Any:
    """Return the winners (votes,), by the score where none stands. score: (votes,), NaN where the winner says it."""
    words = pa.array(np.array(list(OUTCOMES))[np.select([score > 0.5, score < 0.5], [0, 1], 2)])
    words = pa.compute.if_else(pa.array(np.isnan(score)), None, words)
    if winner is None:
        return words
    column = _column(winner)
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if len(column) != len(words):
        return column  # refused later, with the lengths of all columns
    if pa.types.is_integer(column.type):
        codes = pa.compute.index_in(words, pa.array(list(OUTCOMES)))
        return pa.compute.coalesce(column.cast(pa.int64()), codes.cast(pa.int64()))
    if not _is_text(column.type):
        return column
    return pa.compute.coalesce(pa.compute.if_else(pa.compute.equal(column, ""), None, column).cast(pa.string()), words)


def _one_each(names: Column) -> IntArray:
    """Return a number from 0 for each name (names,), the same for one voter's spellings, and -1 for nobody's."""
    if _is_text(names.type):
        names = pa.compute.utf8_trim_whitespace(pa.compute.utf8_normalize(names, form="NFC"))
        names = pa.compute.if_else(pa.compute.equal(names, ""), None, names)
    nobody = np.asarray(pa.compute.is_null(names, nan_is_null=True))
    return np.where(nobody, -1, np.asarray(names.dictionary_encode().indices.fill_null(-1), dtype=np.int64))


def _named(first: Column, second: Column) -> tuple[tuple[Name, ...], list[IntArray]]:
    """Return the sorted names of both columns, and the codes (rows,) of each. Raises MissingName."""
    encoded = first.dictionary_encode()
    encoded = encoded.unify_dictionaries().combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
    known = encoded.dictionary
    places = pa.compute.index_in(second, known)
    if places.null_count:  # names that only this side has
        known = pa.concat_arrays([known, pa.compute.unique(second.filter(pa.compute.is_null(places))).drop_null()])
        places = pa.compute.index_in(second, known)
    spellings = [spelled(name) for name in known.to_pylist()]  # of the distinct names, not of every row
    names = tuple(sorted({name for name in spellings if name not in (None, "")}))
    place = {name: index for index, name in enumerate(names)}
    codes = [place.get(name, -1) for name in spellings]
    sides = ((encoded.indices, first), (places, second))
    return names, [_codes(indices, codes, column=column, error=MissingName) for indices, column in sides]


def _codes(places: Column, codes: Sequence[int], *, column: Column, error: type[BadRow]) -> IntArray:
    """Return the code (rows,) at each place, read-only.

    Raises the error for an empty place or the code -1, with what stood there.
    """
    by_place = np.array([*codes, -1], dtype=np.int64)
    filled = places.fill_null(len(codes)) if places.null_count else places
    coded: IntArray = by_place[np.asarray(filled)]
    if len(coded) and (places.null_count or min(codes) < 0) and coded.min() < 0:
        row = int(np.argmin(coded))
        raise error(row, column[row].as_py())
    coded.setflags(write=False)
    return coded


def _column(values: Any) -> Column:
    """Return an Arrow column of texts or of numbers; of texts if both are mixed."""
    try:
        column = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        column = pa.array([None if value is None or _is_nan(value) else str(value) for value in values])
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column.cast(pa.string()) if pa.types.is_null(column.type) else column


def _alike(first: Column, second: Column) -> tuple[Column, Column]:
    """Return both columns with one type: texts unless both are whole numbers, since a name may look like a number."""
    if first.type == second.type:
        return first, second
    is_whole = pa.types.is_integer(first.type) and pa.types.is_integer(second.type)
    common = pa.int64() if is_whole else pa.large_string()
    return first.cast(common), second.cast(common)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and isnan(value)
