"""Columns of names and words to the integer codes of `Comparisons`: lists, NumPy, Arrow or pandas columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ratings.arrays import IntArray
from ratings.comparisons import Comparisons, Outcome
from ratings.errors import LengthMismatch, MissingName, SelfComparison, UnknownOutcome

#: What a column of outcomes may say, in the words of the public data sets.
OUTCOMES = {
    "model_a": Outcome.MODEL_A,
    "model_b": Outcome.MODEL_B,
    "tie": Outcome.TIE,
    "both_bad": Outcome.BOTH_BAD,
    "tie (bothbad)": Outcome.BOTH_BAD,
}
Name = str | int


@dataclass(frozen=True, eq=False)
class NamedComparisons:
    """Votes, and the names (n,) of their models in order."""

    votes: Comparisons
    names: tuple[Name, ...]


def encode(
    model_a: Any,
    model_b: Any,
    winner: Any,
    *,
    weight: npt.ArrayLike | None = None,
    features: npt.ArrayLike | None = None,
) -> NamedComparisons:
    """Votes from columns of one length; the models in the order of their sorted names.

    model_a, model_b: (votes,) names or integers; winner: (votes,) words of OUTCOMES or codes of Outcome. Each a
    list, a NumPy array, an Arrow or a pandas column. weight: (votes,); features: (votes, k).
    Raises MissingName, UnknownOutcome, LengthMismatch and what Comparisons raises, at the first bad row.
    """
    sides = [_dictionary(column) for column in (model_a, model_b)]
    outcome = outcomes(winner)
    if len({len(sides[0]), len(sides[1]), len(outcome)}) > 1:
        shapes = [(len(column),) for column in (*sides, outcome)]
        raise LengthMismatch(min(shapes)[0], shapes)
    names = _names(sides)
    a, b = (_codes(side, names) for side in sides)
    try:
        votes = Comparisons(a, b, outcome=outcome, n_models=len(names), weight=weight, features=features)
    except SelfComparison as error:
        raise SelfComparison(error.row, names[a[error.row]]) from error
    return NamedComparisons(votes, names)


def outcomes(winner: Any) -> IntArray:
    """(votes,) codes of Outcome. winner: (votes,) words of OUTCOMES or codes, as in encode. Raises UnknownOutcome."""
    column = _dictionary(winner)
    codes, bad_row = _looked_up(column, [_outcome(word) for word in column.dictionary.to_pylist()])
    if bad_row is not None:
        raise UnknownOutcome(bad_row, column[bad_row].as_py())
    return codes


def _outcome(word: object) -> int:
    if isinstance(word, str):
        return OUTCOMES.get(word, -1)
    return word if type(word) is int and 0 <= word < len(Outcome) else -1  # True is not side B


def _names(sides: Sequence[pa.DictionaryArray]) -> tuple[Name, ...]:
    names = {name for side in sides for name in side.dictionary.to_pylist()} - {None, ""}
    return tuple(sorted(names, key=lambda name: (isinstance(name, str), name)))


def _codes(side: pa.DictionaryArray, names: Sequence[Name]) -> IntArray:
    place = {name: index for index, name in enumerate(names)}
    codes, bad_row = _looked_up(side, [place.get(name, -1) for name in side.dictionary.to_pylist()])
    if bad_row is not None:
        raise MissingName(bad_row, side[bad_row].as_py())
    return codes


def _looked_up(column: pa.DictionaryArray, codes: Sequence[int]) -> tuple[IntArray, int | None]:
    """(rows,) the code of each row by those of the words, read-only; and the first row that is empty or has -1."""
    by_word = np.array([*codes, -1], dtype=np.int64)  # the last is where an empty row points
    indices = column.indices.fill_null(-1) if column.indices.null_count else column.indices
    found: IntArray = by_word[np.asarray(indices)]
    found.setflags(write=False)
    may_be_bad = column.indices.null_count or min(codes, default=0) < 0
    if may_be_bad and len(found) and found.min() < 0:
        return found, int(np.argmin(found))
    return found, None


def _dictionary(column: Any) -> pa.DictionaryArray:
    try:
        values = column if isinstance(column, pa.Array | pa.ChunkedArray) else pa.array(column, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        values = pa.array([None if value is None else str(value) for value in column])  # words beside numbers
    encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    return encoded.unify_dictionaries().combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
