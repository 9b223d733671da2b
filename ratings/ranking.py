"""Ranks from intervals. Only models that votes connect may be ranked together."""

import numpy as np

from ratings.comparisons import FloatArray, IntArray, RatingsError


class BadIntervals(RatingsError):
    """Bounds of different shapes, a NaN, or a lower bound above its upper one."""


def ranks(lower: FloatArray, upper: FloatArray) -> IntArray:
    """(n,) 1 + the number of models whose lower bound lies above our upper bound. Raises BadIntervals.

    lower, upper: (n,) in any unit. Models that overlap with the same rivals share a rank.
    """
    return rank_range(lower, upper)[0]


def rank_range(lower: FloatArray, upper: FloatArray) -> tuple[IntArray, IntArray]:
    """The best and the worst place (n,), (n,) that the intervals leave open. Raises BadIntervals.

    Best: all that overlap with us are behind us. Worst: all that overlap are before us.
    """
    if lower.shape != upper.shape or not (lower <= upper).all():
        raise BadIntervals("every model needs a lower bound at or below its upper bound")
    clearly_better = len(lower) - np.searchsorted(np.sort(lower), upper, side="right")
    clearly_worse = np.searchsorted(np.sort(upper), lower, side="left")
    return (1 + clearly_better).astype(np.int64), (len(lower) - clearly_worse).astype(np.int64)
