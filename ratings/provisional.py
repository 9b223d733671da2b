"""Ratings for models whose votes alone give none: an undefeated newcomer, the first vote of an arena.

The stated prior: the log-odds of such a model are normal around the mean of the rated models of its group (0
if there are none), with standard deviation 1 (173.7 points). The rated ones are held fixed; they never learn
from it.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve

from ratings.arrays import BoolArray, FloatArray, IntArray
from ratings.bradley_terry import climb, information
from ratings.counts import PairCounts
from ratings.positive_definite import cholesky, inverse

PRIOR_SD = 1.0


@dataclass(frozen=True, eq=False)
class Provisional:
    """The strengths of the models outside the core, in their order, and the errors of those.

    strengths: (p,) in log-odds; covariance: (p, p).
    """

    strengths: FloatArray
    covariance: FloatArray


def fit(counts: PairCounts, strengths: FloatArray, *, is_core: BoolArray, prior_sd: float = PRIOR_SD) -> Provisional:
    """Return the most probable strengths of the models outside the core, in one solve, and their Laplace covariance.

    strengths: (n,) in log-odds, read where is_core (n,) holds. Always finite; no variance exceeds the
    prior's. Source of the covariance: Laplace (1774), the inverse of minus the second derivative at the peak.
    """
    free = np.flatnonzero(~is_core)
    mean = float(strengths[is_core].mean()) if is_core.any() else 0.0
    if not free.size:
        return Provisional(np.zeros(0), np.zeros((0, 0)))
    peak = peak_of(counts, np.where(is_core, strengths, mean), free=free, prior_sd=prior_sd)
    precision = information(counts, peak)[np.ix_(free, free)] + np.eye(len(free)) / prior_sd**2
    return Provisional(peak[free], inverse(precision))


def peak_of(counts: PairCounts, centre: FloatArray, *, free: IntArray, prior_sd: float) -> FloatArray:
    """Return the most probable strengths (n,) where those of some models are normal around a centre.

    centre: (n,) in log-odds; free: indices of the models that have this prior. The others stay where they are.
    """
    block, prior = np.ix_(free, free), np.eye(len(free)) / prior_sd**2

    def direction(at: FloatArray, gradient: FloatArray, curvature: FloatArray) -> FloatArray:
        slope = gradient[free] - (at[free] - centre[free]) / prior_sd**2
        step = np.zeros(len(at))
        step[free] = cho_solve(cholesky(curvature[block] + prior), slope)
        return step

    return climb(counts, centre, direction=direction)
