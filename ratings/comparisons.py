"""Votes as numbers: row by row (`Comparisons`) and folded by pair (`PairCounts`).

The errors of the whole package:

    RatingsError
    ├── BadRow                   one row of the comparisons; carries `row` and `value`
    │   ├── UnknownOutcome
    │   ├── SelfComparison
    │   ├── LengthMismatch
    │   ├── IndexOutOfRange
    │   └── BadWeight
    ├── BadCounts                matrices that no votes can fold into
    ├── NoFiniteMaximum          bradley_terry, intervals: these counts have no finite strengths
    ├── NotConverged             bradley_terry: they have, but beyond double precision
    ├── BadConfidence            intervals
    ├── BadIntervals             ranking
    ├── BadInitialRatings        elo
    └── TooFewModels             pairing
"""

from dataclasses import dataclass
from enum import IntEnum
from numbers import Integral

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


class Outcome(IntEnum):
    """What a vote says; BOTH_BAD counts as a tie wherever strengths are fitted."""

    MODEL_A = 0
    MODEL_B = 1
    TIE = 2
    BOTH_BAD = 3


class RatingsError(ValueError):
    """Anything this package refuses."""


class BadRow(RatingsError):
    """A row that cannot be a vote. `row` counts from 0; `value` is what stood there."""

    says = "cannot be a vote"

    def __init__(self, row: int, value: object) -> None:
        super().__init__(row, value)
        self.row = row
        self.value = value

    def __str__(self) -> str:
        return f"row {self.row}: {self.value!r} {self.says}"


class UnknownOutcome(BadRow):
    says = "is not the code of an outcome"


class SelfComparison(BadRow):
    says = "is compared with itself"


class LengthMismatch(BadRow):
    says = "are the shapes of a, b, outcome and weight; they must be flat and of one length"


class IndexOutOfRange(BadRow):
    says = "names a model that is not there"


class BadWeight(BadRow):
    says = "is not a finite weight of at least 0"


class BadCounts(RatingsError):
    """Matrices that are not square, finite, non-negative, of one size and empty on the diagonal."""


@dataclass(frozen=True, eq=False, init=False)
class Comparisons:
    """Votes in the order given, as read-only columns of one length.

    a, b: (votes,) indices in [0, n_models); outcome: (votes,) codes of Outcome; weight: (votes,) >= 0, or 1.
    Raises LengthMismatch, IndexOutOfRange, SelfComparison, UnknownOutcome or BadWeight at the first bad row.
    """

    a: IntArray
    b: IntArray
    outcome: IntArray
    weight: FloatArray
    n_models: int

    def __init__(
        self,
        a: npt.ArrayLike,
        b: npt.ArrayLike,
        *,
        outcome: npt.ArrayLike,
        n_models: int,
        weight: npt.ArrayLike | None = None,
    ) -> None:
        if n_models < 0:
            raise RatingsError(f"n_models is {n_models}; it must be at least 0")
        _freeze(self, "a", _whole(a, IndexOutOfRange))
        _freeze(self, "b", _whole(b, IndexOutOfRange))
        _freeze(self, "outcome", _whole(outcome, UnknownOutcome))
        weight = np.ones(self.a.shape) if weight is None else weight
        _freeze(self, "weight", np.array(weight, dtype=np.float64))
        object.__setattr__(self, "n_models", n_models)
        self._check_shapes()
        self._check_rows()

    def __len__(self) -> int:
        return len(self.a)

    def fold(self) -> "PairCounts":
        """The same votes summed by pair; their order and sides are forgotten."""
        a_won = self.outcome == Outcome.MODEL_A
        winner, loser = np.where(a_won, self.a, self.b), np.where(a_won, self.b, self.a)
        # Sums run over one triangle, so that swapping sides cannot change even the last bit.
        low, high = np.minimum(self.a, self.b), np.maximum(self.a, self.b)
        ties = self._sum(low, high, rows=self.outcome == Outcome.TIE)
        both_bad = self._sum(low, high, rows=self.outcome == Outcome.BOTH_BAD)
        wins = self._sum(winner, loser, rows=self.outcome <= Outcome.MODEL_B)
        return PairCounts(wins, ties + ties.T, both_bad=both_bad + both_bad.T)

    def _sum(self, first: IntArray, second: IntArray, *, rows: BoolArray) -> FloatArray:
        n = self.n_models
        cells = first[rows] * n + second[rows]
        return np.bincount(cells, self.weight[rows], minlength=n * n).astype(np.float64).reshape(n, n)

    def _check_shapes(self) -> None:
        shapes = [column.shape for column in (self.a, self.b, self.outcome, self.weight)]
        if any(len(shape) != 1 for shape in shapes):
            raise LengthMismatch(0, shapes)
        if len(set(shapes)) > 1:
            raise LengthMismatch(min(shapes)[0], shapes)

    def _check_rows(self) -> None:
        for column in (self.a, self.b):
            _refuse((column < 0) | (column >= self.n_models), column, error=IndexOutOfRange)
        _refuse(self.a == self.b, self.a, error=SelfComparison)
        _refuse(~np.isin(self.outcome, list(Outcome)), self.outcome, error=UnknownOutcome)
        _refuse(~((self.weight >= 0) & np.isfinite(self.weight)), self.weight, error=BadWeight)


@dataclass(frozen=True, eq=False, init=False)
class PairCounts:
    """Weighted votes by pair of models, as read-only (n, n) matrices with an empty diagonal.

    wins[i, j]: how often i beat j; ties and both_bad: symmetric, each vote standing in both of its cells.
    Raises BadCounts.
    """

    wins: FloatArray
    ties: FloatArray
    both_bad: FloatArray

    def __init__(self, wins: npt.ArrayLike, ties: npt.ArrayLike, *, both_bad: npt.ArrayLike) -> None:
        for name, values in (("wins", wins), ("ties", ties), ("both_bad", both_bad)):
            _freeze(self, name, np.array(values, dtype=np.float64))
            _check_counts(getattr(self, name), name, size=len(self.wins))
        for name in ("ties", "both_bad"):
            if not np.array_equal(getattr(self, name), getattr(self, name).T):
                raise BadCounts(f"{name} must be symmetric")

    def __len__(self) -> int:
        return len(self.wins)

    @property
    def score(self) -> FloatArray:
        """(n, n) points of i against j: a win 1, a tie or both_bad a half."""
        return self.wins + (self.ties + self.both_bad) / 2

    @property
    def battles(self) -> FloatArray:
        """(n, n) votes between i and j, symmetric."""
        return self.wins + self.wins.T + self.ties + self.both_bad

    @property
    def votes(self) -> FloatArray:
        """(n,) votes that the model took part in."""
        votes: FloatArray = self.battles.sum(axis=1)
        return votes

    @property
    def win_rate(self) -> FloatArray:
        """(n,) score per vote, in [0, 1]; NaN without votes."""
        rate = np.full(len(self), np.nan)
        np.divide(self.score.sum(axis=1), self.votes, out=rate, where=self.votes > 0)
        return rate

    def among(self, models: IntArray) -> "PairCounts":
        """The votes between these models only. models: (k,) indices, in the order wanted."""
        cells = np.ix_(models, models)
        return PairCounts(self.wins[cells], self.ties[cells], both_bad=self.both_bad[cells])


def _whole(values: npt.ArrayLike, error: type[BadRow]) -> IntArray:
    column = np.asarray(values)
    if column.dtype.kind not in "iu":  # 1.5 or "left" must not be rounded or guessed into a code
        for row, value in enumerate(np.asarray(values, dtype=object).ravel()):
            if isinstance(value, bool) or not isinstance(value, Integral):
                raise error(row, value)
    return column.astype(np.int64)


def _freeze(owner: object, name: str, values: npt.NDArray[np.generic]) -> None:
    values.setflags(write=False)
    object.__setattr__(owner, name, values)


def _refuse(bad: BoolArray, column: npt.NDArray[np.generic], *, error: type[BadRow]) -> None:
    if bad.any():
        row = int(np.argmax(bad))
        raise error(row, column[row].item())


def _check_counts(counts: FloatArray, name: str, *, size: int) -> None:
    if counts.shape != (size, size):
        raise BadCounts(f"{name} has shape {counts.shape}; it must be square and of the size of wins")
    if not (np.isfinite(counts).all() and (counts >= 0).all()):
        raise BadCounts(f"{name} must be finite and at least 0")
    if counts.diagonal().any():
        raise BadCounts(f"{name} counts a model against itself")
