"""How far the strengths may be from the truth: sandwich covariances and normal intervals."""

from enum import StrEnum

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import ndtri

from ratings.bradley_terry import (
    identified,
    information,
    laplacian,
    require_finite_maximum,
    win_probabilities,
)
from ratings.comparisons import FloatArray, PairCounts, RatingsError

CONFIDENCE = 0.95
DOUBT = 3.0  # no tie-free vote among n still leaves a share of 3 / n of them possible, at 95 %
ROUNDING = 1e-9


class BadConfidence(RatingsError):
    """A confidence outside the open interval from 0 to 1."""


class Method(StrEnum):
    """HC3: honest with few votes, the rule; SANDWICH: as the large arenas publish it."""

    HC3 = "hc3"
    SANDWICH = "sandwich"


def covariance(counts: PairCounts, strengths: FloatArray, *, method: Method = Method.HC3) -> FloatArray:
    """Covariance (n, n) of fitted strengths in log-odds squared, by either method. Raises NoFiniteMaximum."""
    return {Method.HC3: hc3, Method.SANDWICH: sandwich}[method](counts, strengths)


def sandwich(counts: PairCounts, strengths: FloatArray) -> FloatArray:
    """Covariance (n, n) of fitted strengths in log-odds squared; rows sum to zero, as the strengths do.

    strengths: (n,) from bradley_terry.fit(counts). Holds whatever the share of ties. Of weighted votes only
    the sums are known here: weights of 0 and 1 are exact, others count as that many votes. Raises
    NoFiniteMaximum.
    Source: Huber (1967), White (1982): H+ G H+ with H the information and G the outer product of scores.
    """
    require_finite_maximum(counts)
    return _around(counts, strengths, squares=residual_squares(counts, strengths))


def hc3(counts: PairCounts, strengths: FloatArray, *, doubt: float = DOUBT) -> FloatArray:
    """The sandwich (n, n) with every residual freed from its own vote, and not believed where few votes speak.

    A squared residual grows by 1 / (1 - leverage)^2. Of each vote the part min(1, doubt * leverage) is not its
    residual but p (1 - p), which no outcome in [0, 1] with mean p can exceed: a model all of whose n votes
    came out as expected keeps a share of about doubt / n of its inverse information, one with up to `doubt` votes
    all of it, and with many votes the part vanishes. doubt = 0: the textbook. Where the leverage is 1 the residual
    is empty and p (1 - p) stands for it anyway. Raises NoFiniteMaximum.
    Source: MacKinnon and White (1985), HC3; for 3 / n: Hanley and Lippman-Hand (1983).
    """
    require_finite_maximum(counts)
    leverage, chance = leverages(counts, strengths), win_probabilities(strengths)
    empty = leverage > 1 - ROUNDING
    unknown = np.where(empty, 1.0, np.minimum(1.0, doubt * leverage))
    freed = residual_squares(counts, strengths) / np.where(empty, 1.0, 1 - leverage) ** 2
    most = counts.battles * chance * chance.T
    return _around(counts, strengths, squares=(1 - unknown) * freed + unknown * most)


def leverages(counts: PairCounts, strengths: FloatArray) -> FloatArray:
    """(n, n) the part of its own fit that one vote of a pair makes, in [0, 1]; symmetric, 0 where none was cast.

    strengths: (n,) at the maximum. A pair with less than the weight of one vote counts as that much of a vote.
    """
    if len(counts) < 2:
        return np.zeros((len(counts), len(counts)))
    chance = win_probabilities(strengths)
    inverse = cho_solve(cho_factor(identified(information(counts, strengths))), np.eye(len(counts)))
    found: FloatArray = np.minimum(counts.battles, 1.0) * chance * chance.T * spread(inverse)
    return np.clip((found + found.T) / 2, 0.0, 1.0)


def spread(covariance: FloatArray) -> FloatArray:
    """(n, n) variance of the difference of each pair, at least 0. covariance: (n, n), symmetric."""
    own = covariance.diagonal()
    return np.maximum(own[:, None] + own[None, :] - 2 * covariance, 0.0)


def residual_squares(counts: PairCounts, strengths: FloatArray) -> FloatArray:
    """(n, n) sum over the votes of a pair of (outcome - expected)^2, outcome 1, 0 or a half; symmetric."""
    chance = win_probabilities(strengths)
    decided = counts.wins * chance.T**2
    return decided + decided.T + (counts.ties + counts.both_bad) * (0.5 - chance) ** 2


def half_widths(covariance: FloatArray, *, confidence: float = CONFIDENCE) -> FloatArray:
    """(n,) z * standard deviation, in the unit of the strengths. covariance: (n, n). Raises BadConfidence."""
    variances = np.maximum(covariance.diagonal(), 0.0)
    return normal_quantile(confidence) * np.sqrt(variances)


def normal_quantile(confidence: float) -> float:
    """z with this much of a standard normal between -z and z. Raises BadConfidence."""
    check_confidence(confidence)
    return float(ndtri((1 + confidence) / 2))


def check_confidence(confidence: float) -> None:
    """Nothing, or BadConfidence."""
    if not 0 < confidence < 1:
        raise BadConfidence(f"confidence is {confidence}; it must lie between 0 and 1")


def _around(counts: PairCounts, strengths: FloatArray, *, squares: FloatArray) -> FloatArray:
    if len(counts) < 2:
        return np.zeros((len(counts), len(counts)))
    bread = cho_factor(identified(information(counts, strengths)))
    found: FloatArray = cho_solve(bread, cho_solve(bread, laplacian(squares)).T)
    return (found + found.T) / 2
