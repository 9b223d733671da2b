"""First-order changes of every variance of a board when its strengths move a little."""

import numpy as np
from scipy.special import expit

from ratings.arrays import FloatArray
from ratings.counts import PairCounts
from ratings.intervals import freed_squares, leverages

NUDGE = 1e-5  # log-odds: a central difference of the squares is then good to about ten digits


def variance_slopes(
    counts: PairCounts, strengths: FloatArray, *, inverse: FloatArray, covariance: FloatArray
) -> FloatArray:
    """Return the derivative (n, n) of the HC3 variance of each model (row) by the strength of each (column).

    strengths: (n,) in log-odds; inverse, covariance: (n, n) from inverse_information and hc3 at them. That the
    inverse moves, too, counts everywhere but in the leverages: a part of about a pair's leverage is left out.

    With a link l_kl of H and a freed square g_kl of G, V = H+ G H+ changes by
    dV_ii = sum_{k<l} dg_kl (H+_ik - H+_il)^2 - 2 dl_kl (H+_ik - H+_il) (V_ik - V_il), and both change in
    proportion to the gap of k and l. The sum over l is a matrix product, made once here for all later moves.
    """
    gaps = np.subtract.outer(strengths, strengths)
    chance = expit(gaps)
    bends = counts.battles * chance * chance.T * (chance.T - chance)
    slopes: FloatArray = _contract(inverse, inverse, _bends_of_squares(counts, gaps, inverse))
    slopes -= 2 * _contract(inverse, covariance, bends)
    return slopes


def _contract(left: FloatArray, right: FloatArray, pairs: FloatArray) -> FloatArray:
    """Return, at (i, k), the sum over l of pairs_kl (left_ik - left_il) (right_ik - right_il), all (n, n)."""
    both = left * right
    crossed = left * (right @ pairs.T)
    other = crossed if left is right else right * (left @ pairs.T)
    sums: FloatArray = both * pairs.sum(axis=1) - crossed - other + both @ pairs.T
    return sums


def _bends_of_squares(counts: PairCounts, gaps: FloatArray, inverse: FloatArray) -> FloatArray:
    """Return the slope of each pair's freed square by its gap, (n, n) antisymmetric, at a fixed inverse."""
    side = np.sign(np.subtract.outer(np.arange(len(gaps)), np.arange(len(gaps))))

    def squares(at: FloatArray) -> FloatArray:
        chance = expit(at)
        return freed_squares(counts, chance, leverages(counts, chance, inverse))

    # What widens a gap below the diagonal narrows its mirror image above, so the sign is put back.
    slope: FloatArray = side * (squares(gaps + NUDGE * side) - squares(gaps - NUDGE * side)) / (2 * NUDGE)
    return slope
