"""Ranks: from intervals that overlap or not, and from all differences at once.

Only models that votes connect may be ranked together.
"""

import numpy as np
from scipy.special import ndtr

from ratings.arrays import BoolArray, FloatArray, IntArray
from ratings.errors import RatingsError
from ratings.intervals import CONFIDENCE, check_confidence, spread


class BadIntervals(RatingsError):
    """Bounds or a covariance of another shape, a NaN, or a lower bound above its upper one."""


def ranks(lower: FloatArray, upper: FloatArray) -> IntArray:
    """Return 1 + the number of models whose lower bound lies above our upper bound, (n,). Raises BadIntervals.

    lower, upper: (n,) in any unit. Models that overlap with the same rivals share a rank.
    """
    return rank_range(lower, upper)[0]


def rank_range(lower: FloatArray, upper: FloatArray) -> tuple[IntArray, IntArray]:
    """Return the best and the worst place, (n,) each, that the intervals leave open. Raises BadIntervals.

    Best: all that overlap with us are behind us. Worst: all that overlap are before us.
    """
    if lower.shape != upper.shape or not (lower <= upper).all():
        raise BadIntervals("every model needs a lower bound at or below its upper bound")
    clearly_better = len(lower) - np.searchsorted(np.sort(lower), upper, side="right")
    clearly_worse = np.searchsorted(np.sort(upper), lower, side="left")
    return (1 + clearly_better).astype(np.int64), (len(lower) - clearly_worse).astype(np.int64)


def simultaneous_ranks(
    strengths: FloatArray, covariance: FloatArray, *, confidence: float = CONFIDENCE
) -> tuple[IntArray, IntArray]:
    """Return the best and the worst place, (n,) each, that the differences leave open; the best is the rank.

    Best: 1 + the number of models significantly better. Worst: n minus the number significantly worse. All of
    these ranges hold together with at least this confidence. strengths: (n,) in any unit; covariance: (n, n)
    in its square. Raises BadIntervals, BadConfidence.
    """
    better = significantly_better(strengths, covariance, confidence=confidence)
    return 1 + better.sum(axis=0, dtype=np.int64), len(strengths) - better.sum(axis=1, dtype=np.int64)


def significantly_better(strengths: FloatArray, covariance: FloatArray, *, confidence: float = CONFIDENCE) -> BoolArray:
    """Return whether i is better than j, (n, n), with at least this confidence that not one True is wrong.

    Two models are told apart by the z of their difference, which counts what their errors share. Input and
    errors as in simultaneous_ranks. Source: Holm (1979), over all n (n - 1) / 2 pairs; measured, a simulated
    max|z| separates hardly more and needs a seed.
    """
    check_confidence(confidence)
    _check_covariance(strengths, covariance)
    gap, error = np.subtract.outer(strengths, strengths), np.sqrt(spread(covariance))
    certain = np.where(gap == 0, 0.0, np.inf)  # models without any error differ or are equal
    z = np.divide(np.abs(gap), error, out=certain, where=error > 0)
    chance = 2 * ndtr(-z)
    better: BoolArray = (gap > 0) & (chance <= _largest_rejected(chance[np.triu_indices(len(z), 1)], 1 - confidence))
    return better


def chances_above_next(strengths: FloatArray, covariance: FloatArray) -> FloatArray:
    """Return how likely each model is truly stronger than the next weaker one, (n,) in [0.5, 1]; NaN for the weakest.

    By the normal approximation of the two ratings' difference, whose error counts what theirs share. Input and errors
    as in simultaneous_ranks.
    """
    _check_covariance(strengths, covariance)
    order = np.argsort(-strengths, kind="stable")
    above, below = order[:-1], order[1:]
    error = np.sqrt(spread(covariance)[above, below])
    gap = strengths[above] - strengths[below]
    z = np.divide(gap, error, out=np.where(gap > 0, np.inf, 0.0), where=error > 0)
    chances = np.full(len(strengths), np.nan)
    chances[above] = ndtr(z)
    return chances


def _largest_rejected(chances: FloatArray, risk: float) -> float:
    """Return the largest p-value that Holm's procedure rejects; -1 if it rejects none. chances: (pairs,)."""
    ordered = np.sort(chances)
    fails = np.flatnonzero(ordered > risk / np.arange(len(ordered), 0, -1))
    n_rejected = int(fails[0]) if fails.size else len(ordered)
    return float(ordered[n_rejected - 1]) if n_rejected else -1.0


def _check_covariance(strengths: FloatArray, covariance: FloatArray) -> None:
    n = len(strengths)
    if strengths.shape != (n,) or covariance.shape != (n, n):
        raise BadIntervals(f"strengths {strengths.shape} do not fit a covariance {covariance.shape}")
    if not (np.isfinite(strengths).all() and np.isfinite(covariance).all()):
        raise BadIntervals("every strength and covariance must be finite; rank one group at a time")
