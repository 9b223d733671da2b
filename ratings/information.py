"""Pair probabilities from what is still unknown: which vote would narrow the board most."""

from collections.abc import Collection, Iterable

import numpy as np

from ratings.arrays import FloatArray
from ratings.bradley_terry import identified, laplacian, win_probabilities
from ratings.counts import PairCounts
from ratings.errors import RatingsError
from ratings.pairing import PairProbabilities, allowed_pairs
from ratings.positive_definite import inverse
from ratings.provisional import PRIOR_SD
from ratings.threads import bounded

FLOOR = 0.1
SHARPNESS = 6.0


@bounded(len)
def information_gain(
    counts: PairCounts,
    strengths: FloatArray,
    *,
    outages: Collection[int] = (),
    forbidden: Iterable[tuple[int, int]] = (),
    floor: float = FLOOR,
    prior_sd: float = PRIOR_SD,
    sharpness: float = SHARPNESS,
    design_factors: FloatArray | None = None,
) -> PairProbabilities:
    """Return chances that rise with how much one more vote on the pair would narrow all intervals together.

    strengths: (n,) in log-odds, NaN without votes. outages, forbidden: as in pairing.allowed_pairs. floor: share
    in (0, 1] of the draws that are uniform: every allowed pair can come, and votes weighted by the inverse of
    its probability count at most 1 / floor times a uniform one's. sharpness: above 0; the other draws are in
    proportion to gain ** sharpness: 1 is the plain proportion, and the larger, the nearer to always the best pair.
    design_factors: (n,) how many times as wide the intervals are as for independent votes, at least 1, NaN without
    votes: what few people or few prompts have said of a model is known less well, and asked for more.

    The defaults come from `python -m benchmarks.pairing`: twenty models, 5000 to 250 votes each, to three quarters
    of the mean interval. As a part of uniform's votes it takes 0.83 at sharpness 1, 0.76 at 2, 0.70 at 4, 0.68 at
    6 and 0.67 at 8; no allocation takes less than 0.62. With 1000 votes each it is 0.94 to 0.84, of at least 0.80.
    Above 6, six newcomers in batches of 50 cost more again (0.48 at 4, 0.49 at 6, 0.52 at 8), as a batch piles up
    on one pair. Over 300 seeds, intervals at 6 cover 0.951, with uniform 0.949. A floor of 0.05 would save 0.01.

    Raises RatingsError, IndexOutOfRange, NotConverged; TooFewModels where no pair is allowed.
    Source of the rule, for single win rates and proportional: Chiang et al. (2024), Chatbot Arena.
    """
    _check_shape(floor, sharpness)
    allowed = allowed_pairs(len(counts), outages=outages, forbidden=forbidden)
    gain = np.where(allowed, shrinkage(counts, strengths, prior_sd=prior_sd, design_factors=design_factors), 0.0)
    if not gain.any():  # no pair is allowed, or strengths so far apart that every vote is foreseen
        return PairProbabilities(allowed)
    # Divide by the largest, so that no power overflows; use one triangle, so that both halves are equal.
    peaked = np.triu(gain / gain.max()) ** sharpness
    shares = (1 - floor) * peaked / peaked.sum() + floor * np.triu(allowed) / np.triu(allowed).sum()
    return PairProbabilities(shares + shares.T)


def shrinkage(
    counts: PairCounts,
    strengths: FloatArray,
    *,
    prior_sd: float = PRIOR_SD,
    design_factors: FloatArray | None = None,
) -> FloatArray:
    """Return how much one more vote on a pair would lower the sum of all standard deviations, (n, n) in log-odds.

    Symmetric, 0 on the diagonal. The sum of deviations, not of variances (A-optimality), since it is the widths
    that the board prints. A vote on i and j with d = e_i - e_j and curvature w = p (1 - p) takes
    w (C d)(C d)' / (1 + w d'C d) from the covariance C, whatever its outcome (Sherman and Morrison, 1950); a
    deviation falls by that over twice itself, to first order. Source of choosing so: Chernoff (1953). C is the
    posterior's, not the board's HC3: knowing the sizes of the residuals would save half a percent of the votes. Each
    deviation in C is taken times its design factor.
    """
    chance = win_probabilities(_known(strengths, len(counts)))
    if len(counts) < 2:
        return np.zeros_like(chance)
    curvature = chance * chance.T
    covariance = posterior(laplacian(counts.battles * curvature), prior_sd=prior_sd)
    if design_factors is not None:
        factors = np.nan_to_num(design_factors, nan=1.0)
        covariance = covariance * np.outer(factors, factors)
    return curvature * narrowing(covariance) / (1 + curvature * _of_differences(covariance))


def narrowing(covariance: FloatArray) -> FloatArray:
    """Return how fast the sum of all standard deviations falls with the information on each pair, (n, n).

    covariance: (n, n) of a regular posterior. Minus the derivative by the weight of d d' in its inverse.
    """
    deviations = np.sqrt(covariance.diagonal())
    return _of_differences(covariance @ (covariance / (2 * deviations[:, None])))


def posterior(information: FloatArray, *, prior_sd: float = PRIOR_SD) -> FloatArray:
    """Return the covariance (n, n) of sum-zero strengths when each has the prior of ratings.provisional.

    information: (n, n) Laplacian of the votes. Rated models, too, have the prior here, so that groups that no
    votes connect stay a finite distance apart; hundreds of votes make it invisible. Raises NotConverged.
    """
    precision = information + np.eye(len(information)) / prior_sd**2
    whole = inverse(identified(precision))
    # Every row has the same sum, so subtracting the mean leaves what is known of differences.
    centred: FloatArray = whole - whole.mean(axis=0)
    return centred


def _of_differences(form: FloatArray) -> FloatArray:
    """Return the value of the quadratic form (n, n) at every e_i - e_j, (n, n)."""
    own = form.diagonal()
    return np.maximum(own[:, None] + own - (form + form.T), 0.0)


def _check_shape(floor: float, sharpness: float) -> None:
    if not 0 < floor <= 1:
        raise RatingsError(f"floor is {floor}; it must be above 0 and at most 1")
    if not 0 < sharpness < np.inf:
        raise RatingsError(f"sharpness is {sharpness}; it must be above 0 and finite")


def _known(strengths: FloatArray, n_models: int) -> FloatArray:
    """Return the strengths (n,) with 0, the middle of the board, for models without one yet."""
    if strengths.shape != (n_models,) or np.isinf(strengths).any():
        raise RatingsError(f"strengths must be {n_models} numbers that are finite, or NaN without votes")
    return np.nan_to_num(strengths, nan=0.0)
