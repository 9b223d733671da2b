"""The pair counts of a live board: writable, one vote at a time, never below zero."""

import numpy as np

from ratings.arrays import FloatArray
from ratings.comparisons import Comparisons, Outcome
from ratings.counts import PairCounts
from ratings.errors import BadRow

DUST = 1e-9  # of the weight taken away: less is the rounding of fractions, and must not count as a point
DUST_OF_SQUARES = 1e-4  # of its square, likewise: beside the squares of large weights that of a small one is coarse


class VoteNotThere(BadRow):
    """A vote to be taken away that is not there in full. `value` is its weight."""

    says = "takes away more than the votes that are there"


class Tally:
    """The counts and the squares of their weights, as one array (2, 3, n, n): wins, ties, both_bad of each."""

    def __init__(self, counts: PairCounts) -> None:
        self._planes = np.array([_planes(counts), _planes(counts.squares)])
        self._is_weighted = counts.squares is not counts

    def __len__(self) -> int:
        return len(self._planes[0, 0])

    @property
    def counts(self) -> PairCounts:
        """All votes now, as a copy."""
        return self._folded(self._planes)

    def add(self, a: int, b: int, *, outcome: Outcome, weight: float) -> FloatArray:
        """Count a vote, or less of it where the weight is below 0; the square of the weight goes the same way.

        Returns the pair's cells as they were. Raises IndexOutOfRange, SelfComparison, UnknownOutcome, BadWeight
        or VoteNotThere, and changes nothing.
        """
        Comparisons([a], [b], outcome=[outcome], n_models=len(self), weight=[abs(weight)])
        first, second = (b, a) if outcome == Outcome.MODEL_B else (a, b)
        before, plane = self.cells(a, b), max(outcome, 1) - 1
        left = _left(self._planes[:, plane, first, second], weight)
        self._is_weighted |= abs(weight) not in (0, 1)
        self._planes[:, plane, first, second] = left
        if outcome >= Outcome.TIE:
            self._planes[:, plane, second, first] = left
        return before

    def cells(self, a: int, b: int) -> FloatArray:
        """Return a copy of the counts and squares of a, as 0, and b, as 1, alone, (2, 3, 2, 2)."""
        return self._planes[..., [[a], [b]], [a, b]]

    def put(self, a: int, b: int, cells: FloatArray) -> None:
        """Set the cells of a pair to what they were."""
        self._planes[..., [[a], [b]], [a, b]] = cells

    def of_pair(self, a: int, b: int) -> PairCounts:
        """Return the votes of a, as 0, and b, as 1, alone."""
        return self._folded(self.cells(a, b))

    def _folded(self, planes: FloatArray) -> PairCounts:
        (wins, ties, both_bad), (won, tied, bad) = planes
        squares = PairCounts(won, tied, both_bad=bad) if self._is_weighted else None
        return PairCounts(wins, ties, both_bad=both_bad, squares=squares)


def _planes(counts: PairCounts) -> FloatArray:
    return np.array([counts.wins, counts.ties, counts.both_bad])


def _left(there: FloatArray, weight: float) -> FloatArray:
    """Return the sum of weights and that of their squares, (2,), with this one more."""
    left: FloatArray = there + np.array([weight, weight * abs(weight)])
    if weight >= 0:
        return left
    if abs(left[0]) <= DUST * -weight:
        left[0] = 0.0
    if abs(left[1]) <= DUST_OF_SQUARES * weight**2 and (left[0] == 0 or left[1] < 0):
        left[1] = 0.0
    if (left < 0).any() or (left[0] == 0 and left[1] > 0):
        raise VoteNotThere(0, weight)
    return left
