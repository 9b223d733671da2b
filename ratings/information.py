"""Which vote would narrow the board most: pair probabilities from what is still unknown."""

from collections.abc import Collection, Iterable

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from ratings.arrays import FloatArray
from ratings.bradley_terry import NotConverged, identified, laplacian, win_probabilities
from ratings.counts import PairCounts
from ratings.errors import RatingsError
from ratings.pairing import PairProbabilities, allowed_pairs
from ratings.provisional import PRIOR_SD

FLOOR = 0.1


def information_gain(
    counts: PairCounts,
    strengths: FloatArray,
    *,
    outages: Collection[int] = (),
    forbidden: Iterable[tuple[int, int]] = (),
    floor: float = FLOOR,
    prior_sd: float = PRIOR_SD,
) -> PairProbabilities:
    """Chances in proportion to how much one more vote on the pair would narrow all intervals together.

    strengths: (n,) in log-odds, NaN without votes. outages, forbidden: as in pairing.allowed_pairs. floor: share
    in (0, 1] of the draws that are uniform, so that every allowed pair can come and later be weighted by the
    inverse of its probability. Raises RatingsError, IndexOutOfRange, NotConverged; TooFewModels where no pair
    is allowed. Source of the rule, for single win rates: Chiang et al. (2024), Chatbot Arena, active sampling.
    """
    if not 0 < floor <= 1:
        raise RatingsError(f"floor is {floor}; it must be above 0 and at most 1")
    allowed = allowed_pairs(len(counts), outages=outages, forbidden=forbidden)
    even = PairProbabilities(allowed.astype(np.float64)).matrix
    gain = np.where(allowed, shrinkage(counts, strengths, prior_sd=prior_sd), 0.0)
    if not gain.any():  # strengths so far apart that every vote is foreseen
        return PairProbabilities(even)
    return PairProbabilities(floor * even + (1 - floor) * PairProbabilities(gain).matrix)


def shrinkage(counts: PairCounts, strengths: FloatArray, *, prior_sd: float = PRIOR_SD) -> FloatArray:
    """(n, n) how much one more vote on a pair would lower the sum of all standard deviations, in log-odds.

    Symmetric, 0 on the diagonal. The sum of deviations, not of variances (A-optimality), since it is the widths
    that the board prints. A vote on i and j with d = e_i - e_j and curvature w = p (1 - p) takes
    w (C d)(C d)' / (1 + w d'C d) from the covariance C, whatever its outcome (Sherman and Morrison, 1950); a
    deviation falls by that over twice itself, to first order. Source of choosing so: Chernoff (1953).
    """
    chance = win_probabilities(_known(strengths, len(counts)))
    if len(counts) < 2:
        return np.zeros_like(chance)
    curvature = chance * chance.T
    covariance = posterior(laplacian(counts.battles * curvature), prior_sd=prior_sd)
    deviations = np.sqrt(covariance.diagonal())
    fall = _of_differences(covariance @ (covariance / (2 * deviations[:, None])))
    return curvature * fall / (1 + curvature * _of_differences(covariance))


def posterior(information: FloatArray, *, prior_sd: float = PRIOR_SD) -> FloatArray:
    """Covariance (n, n) of sum-zero strengths when each has the prior of ratings.provisional.

    information: (n, n) Laplacian of the votes. Rated models, too, have the prior here, so that groups that no
    votes connect stay a finite distance apart; hundreds of votes make it invisible. Raises NotConverged.
    """
    precision = information + np.eye(len(information)) / prior_sd**2
    try:
        inverse = cho_solve(cho_factor(identified(precision)), np.eye(len(precision)))
    except LinAlgError as error:
        raise NotConverged("the information matrix is singular in double precision") from error
    # Every row sums to the same: taking off its mean leaves what is known of differences.
    centred: FloatArray = inverse - inverse.mean(axis=0)
    return centred


def _of_differences(form: FloatArray) -> FloatArray:
    """(n, n) the quadratic form (n, n) at every e_i - e_j."""
    own = form.diagonal()
    return np.maximum(own[:, None] + own - (form + form.T), 0.0)


def _known(strengths: FloatArray, n_models: int) -> FloatArray:
    """(n,) with the middle of the board, 0, for models without a strength yet."""
    if strengths.shape != (n_models,) or np.isinf(strengths).any():
        raise RatingsError(f"strengths must be {n_models} numbers that are finite, or NaN without votes")
    return np.nan_to_num(strengths, nan=0.0)
