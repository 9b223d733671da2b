"""Ranks: from intervals that overlap or not, and from all differences at once.

Only models that votes connect may be ranked together.
"""

import numpy as np

from ratings.arrays import BoolArray, FloatArray, IntArray
from ratings.contrasts import BadLayers, Contrasts, alone
from ratings.errors import RatingsError
from ratings.intervals import CONFIDENCE, check_confidence


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
    strengths: FloatArray, errors: FloatArray | Contrasts, *, confidence: float = CONFIDENCE
) -> tuple[IntArray, IntArray]:
    """Return the best and the worst place, (n,) each, that the differences leave open; the best is the rank.

    Best: 1 + the number of models significantly better. Worst: n minus the number significantly worse. All of
    these ranges hold together with at least this confidence. strengths: (n,) in any unit; errors: Contrasts in the
    same unit, or a covariance (n, n) in its square. Raises BadIntervals, BadConfidence.
    """
    better = significantly_better(strengths, errors, confidence=confidence)
    return 1 + better.sum(axis=0, dtype=np.int64), len(strengths) - better.sum(axis=1, dtype=np.int64)


def significantly_better(
    strengths: FloatArray, errors: FloatArray | Contrasts, *, confidence: float = CONFIDENCE
) -> BoolArray:
    """Return whether i is better than j, (n, n), with at least this confidence that not one True is wrong.

    Two models are told apart by their difference and its error, which counts what their errors share. Arguments as in
    simultaneous_ranks. Source: Holm (1979), over all n (n - 1) / 2 pairs; measured, a simulated
    max|z| separates hardly more and needs a seed.
    """
    check_confidence(confidence)
    contrasts, (first, second) = _contrasts(strengths, errors), np.triu_indices(len(strengths), 1)
    gap = strengths[first] - strengths[second]
    doubt = contrasts.doubts(gap, first=first, second=second)
    is_certain = doubt <= _largest_rejected(doubt, 1 - confidence)
    better = np.zeros((len(strengths), len(strengths)), dtype=bool)
    better[first, second] = is_certain & (gap > 0)
    better[second, first] = is_certain & (gap < 0)
    return better


def chances_above_next(strengths: FloatArray, errors: FloatArray | Contrasts) -> FloatArray:
    """Return how likely each model is truly stronger than the next weaker one, (n,) in [0.5, 1]; NaN for the weakest.

    By the two ratings' difference, whose error counts what theirs share. Arguments as in simultaneous_ranks.
    """
    contrasts, order = _contrasts(strengths, errors), np.argsort(-strengths, kind="stable")
    above, below = order[:-1], order[1:]
    chances = np.full(len(strengths), np.nan)
    chances[above] = 1 - contrasts.doubts(strengths[above] - strengths[below], first=above, second=below) / 2
    return chances


def _largest_rejected(chances: FloatArray, risk: float) -> float:
    """Return the largest p-value that Holm's procedure rejects; -1 if it rejects none. chances: (pairs,)."""
    ordered = np.sort(chances[chances <= risk])  # no other can be rejected
    fails = np.flatnonzero(ordered > risk / (len(chances) - np.arange(len(ordered))))
    n_rejected = int(fails[0]) if fails.size else len(ordered)
    return float(ordered[n_rejected - 1]) if n_rejected else -1.0


def _contrasts(strengths: FloatArray, errors: FloatArray | Contrasts) -> Contrasts:
    """Return the errors, whatever they came as. Raises BadIntervals unless they fit the strengths."""
    try:
        contrasts = errors if isinstance(errors, Contrasts) else alone(errors)
    except BadLayers as error:
        raise BadIntervals("every strength and covariance must be finite; rank one group at a time") from error
    n = len(strengths)
    if strengths.shape != (n,) or contrasts.layers[0].covariance.shape != (n, n):
        raise BadIntervals(f"strengths {strengths.shape} do not fit errors of {len(contrasts)}")
    if not np.isfinite(strengths).all():
        raise BadIntervals("every strength and covariance must be finite; rank one group at a time")
    return contrasts
