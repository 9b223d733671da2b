"""Votes folded by pair: all that Bradley-Terry, its intervals and its ranks need, whatever the number of votes."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ratings.arrays import FloatArray, IntArray, freeze
from ratings.errors import BadCounts, FractionalScore

LARGEST = 1e250  # of a cell: no sum of cells overflows

Change = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, eq=False, init=False)
class PairCounts:
    """Weighted votes by pair of models, as read-only (n, n) matrices with an empty diagonal.

    wins[i, j]: how often i beat j; ties and both_bad: symmetric, each vote standing in both of its cells.
    A vote with a score between stands as that part of a win and the rest as a loss, and split has the sum of its weight
    times score times (1 - score): what its residual squared has less than theirs. Symmetric, None without such votes.
    squares: the same with each vote's weight squared, which intervals need; the counts themselves if absent, as
    is right for weights of 0 and 1. Raises BadCounts.
    """

    wins: FloatArray
    ties: FloatArray
    both_bad: FloatArray
    split: FloatArray | None
    squares: "PairCounts"

    def __init__(
        self,
        wins: npt.ArrayLike,
        ties: npt.ArrayLike,
        *,
        both_bad: npt.ArrayLike,
        split: npt.ArrayLike | None = None,
        squares: "PairCounts | None" = None,
    ) -> None:
        object.__setattr__(self, "split", None)
        planes = {"wins": wins, "ties": ties, "both_bad": both_bad} | ({} if split is None else {"split": split})
        for name, values in planes.items():
            freeze(self, name, np.array(values, dtype=np.float64))
            _check(getattr(self, name), name, size=len(self.wins))
        for name in [name for name in planes if name != "wins"]:
            if not np.array_equal(getattr(self, name), getattr(self, name).T):
                raise BadCounts(f"{name} must be symmetric")
        if squares is not None and len(squares) != len(self):
            raise BadCounts(f"squares are of {len(squares)} models, the counts of {len(self)}")
        object.__setattr__(self, "squares", self if squares is None else squares)

    def __len__(self) -> int:
        return len(self.wins)

    @cached_property
    def undecided(self) -> FloatArray:
        """Ties and both_bad together, (n, n) symmetric."""
        return _read_only(self.ties + self.both_bad)

    @cached_property
    def score(self) -> FloatArray:
        """Points of i against j, (n, n): a win is 1, a tie or both_bad a half."""
        return _read_only(self.wins + self.undecided / 2)

    @cached_property
    def battles(self) -> FloatArray:
        """Votes between i and j, (n, n) symmetric."""
        return _read_only(self.wins + self.wins.T + self.undecided)

    def require_whole(self, what: str) -> None:
        """Raise FractionalScore if a vote's score is between those of outcomes. what: is asked, as a subject."""
        if self.split is not None and self.split.any():
            raise FractionalScore(f"{what} made for whole outcomes, and some votes have a score between")

    @property
    def votes(self) -> FloatArray:
        """Votes that each model took part in, (n,)."""
        votes: FloatArray = self.battles.sum(axis=1)
        return votes

    @property
    def win_rate(self) -> FloatArray:
        """Score per vote of each model, (n,) in [0, 1]; NaN without votes."""
        return self._per_vote(self.score)

    @property
    def both_bad_rate(self) -> FloatArray:
        """Share of each model's votes that called both answers bad, (n,) in [0, 1]; NaN without votes."""
        return self._per_vote(self.both_bad)

    def among(self, models: IntArray) -> "PairCounts":
        """Return the votes between these models only. models: (k,) indices, in the order wanted."""
        if np.array_equal(models, np.arange(len(self))):
            return self

        def part(matrix: FloatArray) -> FloatArray:
            return matrix[np.ix_(models, models)]

        squares = None if self.squares is self else self.squares._each(part, squares=None)
        return self._each(part, squares=squares)

    def times(self, factors: FloatArray) -> "PairCounts":
        """Return the votes with each weight multiplied by the factor of its pair.

        factors: (n, n), symmetric, at least 0.
        """
        squares = self.squares._each(lambda matrix: matrix * factors**2, squares=None)
        return self._each(lambda matrix: matrix * factors, squares=squares)

    def _each(self, change: Change, *, squares: "PairCounts | None") -> "PairCounts":
        split = None if self.split is None else change(self.split)
        both_bad = change(self.both_bad)
        return PairCounts(change(self.wins), change(self.ties), both_bad=both_bad, split=split, squares=squares)

    def _per_vote(self, matrix: FloatArray) -> FloatArray:
        rate, votes = np.full(len(self), np.nan), self.votes
        np.divide(matrix.sum(axis=1), votes, out=rate, where=votes > 0)
        return rate


def _read_only(matrix: FloatArray) -> FloatArray:
    matrix.setflags(write=False)
    return matrix


def _check(counts: FloatArray, name: str, *, size: int) -> None:
    if counts.shape != (size, size):
        raise BadCounts(f"{name} has shape {counts.shape}; it must be square and of the size of wins")
    if not ((counts >= 0) & (counts <= LARGEST)).all():
        raise BadCounts(f"{name} must be finite, at least 0 and at most {LARGEST:g}")
    if counts.diagonal().any():
        raise BadCounts(f"{name} counts a model against itself")
