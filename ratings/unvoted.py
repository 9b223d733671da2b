"""What battles without a vote would make of the ratings: failures counted as losses, and what those left might hide."""

from dataclasses import dataclass

import numpy as np

from ratings.arrays import FloatArray
from ratings.counts import PairCounts
from ratings.prior import Prior
from ratings.standings import standings


@dataclass(frozen=True, eq=False)
class Unvoted:
    """Ratings in points, (n,) each, NaN for whom no vote rates.

    as_losses: with each failure a loss. worst, best: the same, and the model had lost, or won, every battle that was
    left without a vote; all others as they are. No share of these battles could move it further.
    """

    as_losses: FloatArray
    worst: FloatArray
    best: FloatArray


def with_unvoted(counts: PairCounts, *, failures: FloatArray, left: FloatArray, prior: Prior | None = None) -> Unvoted:
    """Return what the ratings would be. Raises NotConverged.

    failures: (n, n) how often i gave no answer against j; left: (n, n), symmetric, how often both answered and nobody
    voted; prior: as in standings. Costs two fits a model.
    """
    lost = with_wins(counts, failures.T)
    worst, best = np.full((2, len(counts)), np.nan)
    for model in range(len(counts)):
        own = np.zeros_like(left)
        own[model] = left[model]
        worst[model] = standings(with_wins(lost, own.T), prior=prior).rating[model]
        best[model] = standings(with_wins(lost, own), prior=prior).rating[model]
    return Unvoted(standings(lost, prior=prior).rating, worst, best)


def with_wins(counts: PairCounts, more: FloatArray) -> PairCounts:
    """Return the counts and so many more wins of i against j, (n, n), each of weight 1."""

    def added(sums: PairCounts, squares: PairCounts | None) -> PairCounts:
        return PairCounts(sums.wins + more, sums.ties, both_bad=sums.both_bad, split=sums.split, squares=squares)

    return added(counts, None if counts.squares is counts else added(counts.squares, None))
