"""Votes as numbers, row by row. Folded by pair they are `ratings.counts.PairCounts`."""

from dataclasses import dataclass
from enum import IntEnum
from numbers import Integral

import numpy as np
import numpy.typing as npt

from ratings.arrays import BoolArray, FloatArray, IntArray, freeze, owned
from ratings.counts import PairCounts
from ratings.errors import (
    BadFeature,
    BadRow,
    BadScore,
    BadWeight,
    IndexOutOfRange,
    LengthMismatch,
    RatingsError,
    SelfComparison,
    UnknownOutcome,
)

ROWS_AT_ONCE = 1 << 17  # of a fold: their intermediate columns fit a cache
PLANES = 3  # wins, ties, both_bad
LARGEST_WEIGHT = 1e100  # its square, and sums of any number of those, are far from the end of a double


class Outcome(IntEnum):
    """The outcome of a vote; BOTH_BAD counts as a tie wherever strengths are fitted."""

    MODEL_A = 0
    MODEL_B = 1
    TIE = 2
    BOTH_BAD = 3


SCORE_OF_A = np.array([1.0, 0.0, 0.5, 0.5])  # by Outcome


@dataclass(frozen=True, eq=False, init=False)
class Comparisons:
    """Votes in the order given, as read-only columns of one length.

    a, b: (votes,) indices in [0, n_models); outcome: (votes,) codes of Outcome; weight: (votes,) in [0, 1e100], or 1.
    score: (votes,) of side A in [0, 1], where it is between those of the outcomes; NaN or absent where the outcome says
    it. A winner has at least a half of it, and both_bad a half; it is kept as `graded`. features: (votes, k) of any
    unit, side A minus side B, k = 0 if absent. Raises LengthMismatch, IndexOutOfRange, SelfComparison, UnknownOutcome,
    BadWeight, BadScore or BadFeature at the first bad row.
    """

    a: IntArray
    b: IntArray
    outcome: IntArray
    weight: FloatArray
    graded: FloatArray
    features: FloatArray
    n_models: int

    def __init__(
        self,
        a: npt.ArrayLike,
        b: npt.ArrayLike,
        *,
        outcome: npt.ArrayLike,
        n_models: int,
        weight: npt.ArrayLike | None = None,
        score: npt.ArrayLike | None = None,
        features: npt.ArrayLike | None = None,
    ) -> None:
        if n_models < 0:
            raise RatingsError(f"n_models is {n_models}; it must be at least 0")
        freeze(self, "a", _whole(a, IndexOutOfRange))
        freeze(self, "b", _whole(b, IndexOutOfRange))
        freeze(self, "outcome", _whole(outcome, UnknownOutcome))
        shape, empty = self.a.shape, np.empty((*self.a.shape[:1], 0))
        # A broadcast constant takes no memory; a million equal weights would take as much as the votes.
        freeze(self, "weight", np.broadcast_to(1.0, shape) if weight is None else owned(weight, np.float64))
        freeze(self, "graded", np.broadcast_to(np.nan, shape) if score is None else owned(score, np.float64))
        freeze(self, "features", empty if features is None else owned(features, np.float64))
        object.__setattr__(self, "n_models", n_models)
        self._check_shapes()
        self._check_rows()
        if self.is_graded and not (self.graded != SCORE_OF_A[self.outcome])[~np.isnan(self.graded)].any():
            freeze(self, "graded", np.broadcast_to(np.nan, shape))  # each is what its outcome says

    def __len__(self) -> int:
        return len(self.a)

    @property
    def is_weighted(self) -> bool:
        """Whether any weight is neither 0 nor 1."""
        return self._has_weights and bool(((self.weight != 0) & (self.weight != 1)).any())

    @property
    def is_graded(self) -> bool:
        """Whether some vote may have a score that its outcome does not say."""
        return self.graded.strides != (0,)

    @property
    def score(self) -> FloatArray:
        """Points of side A, (votes,): 1, 0 or a half, or what is between."""
        return self.scores(slice(None))

    def scores(self, rows: slice) -> FloatArray:
        """Return the points of side A in these rows, (rows,)."""
        scores: FloatArray = SCORE_OF_A[self.outcome[rows]]
        return np.where(np.isnan(self.graded[rows]), scores, self.graded[rows]) if self.is_graded else scores

    def among(self, rows: IntArray | BoolArray) -> "Comparisons":
        """Return these votes only, in the order named. rows: (k,) indices, or (votes,) whether to keep."""
        return Comparisons(
            self.a[rows],
            self.b[rows],
            outcome=self.outcome[rows],
            n_models=self.n_models,
            weight=self.weight[rows],
            score=self.graded[rows] if self.is_graded else None,
            features=self.features[rows],
        )

    def between(self, models: IntArray) -> "tuple[Comparisons, IntArray]":
        """Return the votes between these models, and the rows (rows,) that they had here.

        The models become 0 .. k - 1 in the order given.
        """
        if np.array_equal(models, np.arange(self.n_models)):
            return self, np.arange(len(self))
        place = np.full(self.n_models, -1)
        place[models] = np.arange(len(models))
        rows = np.flatnonzero((place[self.a] >= 0) & (place[self.b] >= 0))
        inner = Comparisons(
            place[self.a[rows]],
            place[self.b[rows]],
            outcome=self.outcome[rows],
            n_models=len(models),
            weight=self.weight[rows],
            score=self.graded[rows] if self.is_graded else None,
            features=self.features[rows],
        )
        return inner, rows

    def weighted(self, weight: npt.ArrayLike) -> "Comparisons":
        """Return the same votes with other weights (votes,). Raises BadWeight, LengthMismatch."""
        return Comparisons(
            self.a,
            self.b,
            outcome=self.outcome,
            n_models=self.n_models,
            weight=weight,
            score=self.graded if self.is_graded else None,
            features=self.features,
        )

    def fold(self) -> PairCounts:
        """Return the same votes summed by pair; their order, sides and features are forgotten."""
        if self.is_graded:
            return self._fold_graded()
        if not self._has_weights:
            return self._fold_whole()
        planes = np.zeros(PLANES * self.n_models**2)
        squares = np.zeros_like(planes) if self.is_weighted else None
        for start in range(0, len(self), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            cells, weight = self._cells(rows), self._weight(rows)
            planes += np.bincount(cells, weight, minlength=len(planes))
            if squares is not None:
                squares += np.bincount(cells, self.weight[rows] ** 2, minlength=len(planes))
        return self._counts(planes, squares)

    def fold_each(self, members: BoolArray) -> list[PairCounts]:
        """Return the votes of each category folded, in one pass.

        members: (votes, categories), whether the vote is in the category; it may be in several.
        """
        if members.ndim != 2 or len(members) != len(self):
            raise LengthMismatch(min(len(members), len(self)), [self.a.shape, members.shape])
        if self.is_graded:
            return [self.among(member).fold() for member in members.T]
        planes = np.zeros((members.shape[1], PLANES * self.n_models**2))
        squares = np.zeros_like(planes) if self.is_weighted else None
        for start in range(0, len(self), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            cells, weight = self._cells(rows), self._weight(rows)
            for category, member in enumerate(members[rows].T):
                mine, size = cells[member], planes.shape[1]
                planes[category] += np.bincount(mine, None if weight is None else weight[member], minlength=size)
                if squares is not None:
                    squares[category] += np.bincount(mine, self.weight[rows][member] ** 2, minlength=size)
        return [self._counts(p, None if squares is None else squares[i]) for i, p in enumerate(planes)]

    def _fold_whole(self) -> PairCounts:
        """Return the folded votes where all weights are 1.

        Whole numbers add up to the same in any order, so the cells need not be put in order vote by vote.
        """
        n, counted = self.n_models, np.zeros(len(Outcome) * self.n_models**2, dtype=np.int64)
        for start in range(0, len(self), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            cells = (self.outcome[rows] * n + self.a[rows]) * n + self.b[rows]
            counted += np.bincount(cells, minlength=len(counted))
        a_won, b_won, ties, both_bad = counted.reshape(len(Outcome), n, n)
        return PairCounts(a_won + b_won.T, ties + ties.T, both_bad=both_bad + both_bad.T)

    def _fold_graded(self) -> PairCounts:
        """Return the folded votes where some scores are between those of outcomes.

        Such a vote is that part of a win and the rest of one for its rival, in PairCounts' words.
        """
        is_between = ~np.isnan(self.graded) & (self.graded != SCORE_OF_A[self.outcome])
        plain, between = (
            Comparisons(
                self.a[rows], self.b[rows], outcome=self.outcome[rows], n_models=self.n_models, weight=self.weight[rows]
            )
            for rows in (~is_between, is_between)
        )
        score, whole = self.graded[is_between], plain.fold()
        counts = _with_split(whole, between, score, between.weight, squares=None)
        if not self.is_weighted:
            return counts
        squares = _with_split(whole.squares, between, score, between.weight**2, squares=None)
        return _with_split(whole, between, score, between.weight, squares=squares)

    def _cells(self, rows: slice) -> IntArray:
        """Return each vote's place (rows,) in the planes.

        Ties use one triangle only, so that swapping sides changes not even a last bit.
        """
        a, b, outcome = self.a[rows], self.b[rows], self.outcome[rows]
        swaps = (outcome == Outcome.MODEL_B) | ((outcome >= Outcome.TIE) & (a > b))
        first = np.where(swaps, b, a)
        plane = np.maximum(outcome, 1) - 1
        cells: IntArray = (plane * self.n_models + first) * self.n_models + (a + b - first)
        return cells

    @property
    def _has_weights(self) -> bool:
        return self.weight.strides != (0,)

    def _weight(self, rows: slice) -> FloatArray | None:
        return self.weight[rows] if self._has_weights else None

    def _counts(self, planes: FloatArray, squares: FloatArray | None) -> PairCounts:
        def matrices(flat: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
            wins, ties, both_bad = flat.reshape(PLANES, self.n_models, self.n_models)
            return wins, ties + ties.T, both_bad + both_bad.T

        wins, ties, both_bad = matrices(planes)
        if squares is None:
            return PairCounts(wins, ties, both_bad=both_bad)
        squared = matrices(squares)
        return PairCounts(wins, ties, both_bad=both_bad, squares=PairCounts(*squared[:2], both_bad=squared[2]))

    def _check_shapes(self) -> None:
        columns = [self.a, self.b, self.outcome, self.weight, self.graded]
        shapes = [column.shape for column in columns] + [self.features.shape[:1]]
        if any(len(shape) != 1 for shape in shapes) or self.features.ndim != 2:
            raise LengthMismatch(0, [*shapes[:-1], self.features.shape])
        if len(set(shapes)) > 1:
            raise LengthMismatch(min(shapes)[0], shapes)

    def _check_rows(self) -> None:
        for column in (self.a, self.b):
            _refuse_outside(column, self.n_models, error=IndexOutOfRange)
        _refuse(self.a == self.b, self.a, error=SelfComparison)
        _refuse_outside(self.outcome, len(Outcome), error=UnknownOutcome)
        if self._has_weights:
            _refuse(~((self.weight >= 0) & (self.weight <= LARGEST_WEIGHT)), self.weight, error=BadWeight)
        if self.is_graded:
            _refuse(self._contradicts(), self.graded, error=BadScore)
        for feature in self.features.T:
            _refuse(~np.isfinite(feature), feature, error=BadFeature)

    def _contradicts(self) -> BoolArray:
        """Return whether a score is none, or none that the outcome can have, (votes,)."""
        outcome, score = self.outcome, self.graded
        least = np.select([outcome == Outcome.MODEL_A, outcome == Outcome.BOTH_BAD], [0.5, 0.5], 0.0)
        most = np.select([outcome == Outcome.MODEL_B, outcome == Outcome.BOTH_BAD], [0.5, 0.5], 1.0)
        return ~(np.isnan(score) | ((score >= least) & (score <= most)))


def _with_split(
    whole: PairCounts, votes: Comparisons, score: FloatArray, weight: FloatArray, *, squares: PairCounts | None
) -> PairCounts:
    """Return the counts with these votes more. score, weight: (votes,)."""
    n = votes.n_models

    def summed(rows: IntArray, columns: IntArray, values: FloatArray) -> FloatArray:
        sums: FloatArray = np.bincount(rows * n + columns, values, minlength=n * n).astype(np.float64)
        return sums.reshape(n, n)

    wins = whole.wins + summed(votes.a, votes.b, weight * score) + summed(votes.b, votes.a, weight * (1 - score))
    low, high = np.minimum(votes.a, votes.b), np.maximum(votes.a, votes.b)
    split = summed(low, high, weight * score * (1 - score))
    return PairCounts(wins, whole.ties, both_bad=whole.both_bad, split=split + split.T, squares=squares)


def _whole(values: npt.ArrayLike, error: type[BadRow]) -> IntArray:
    column = np.asarray(values)
    if column.dtype.kind not in "iu":  # 1.5 or "left" must not be rounded or guessed into a code
        for row, value in enumerate(np.asarray(values, dtype=object).ravel()):
            if isinstance(value, bool) or not isinstance(value, Integral):
                raise error(row, value)
    return owned(column, np.int64)


def _refuse_outside(column: IntArray, end: int, *, error: type[BadRow]) -> None:
    if len(column) and not (column.min() >= 0 and column.max() < end):
        _refuse((column < 0) | (column >= end), column, error=error)


def _refuse(bad: BoolArray, column: npt.NDArray[np.generic], *, error: type[BadRow]) -> None:
    if bad.any():
        row = int(np.argmax(bad))
        raise error(row, column[row].item())
