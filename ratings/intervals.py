"""Sandwich covariances and normal intervals: how far the strengths may be from the truth."""

from enum import StrEnum

import numpy as np
from scipy.special import ndtri

from ratings.arrays import FloatArray
from ratings.bradley_terry import (
    inverse_information,
    laplacian,
    require_finite_maximum,
    win_probabilities,
)
from ratings.counts import PairCounts
from ratings.errors import RatingsError

CONFIDENCE = 0.95
DOUBT = 3.0  # no tie-free vote among n still leaves a share of 3 / n of them possible, at 95%
ROUNDING = 1e-9
EXACT = 1e-14


class BadConfidence(RatingsError):
    """A confidence outside the open interval from 0 to 1."""


class Method(StrEnum):
    """The ways to a covariance. HC3: honest with few votes, the rule; SANDWICH: as the large arenas publish it."""

    HC3 = "hc3"
    SANDWICH = "sandwich"


def covariance(counts: PairCounts, strengths: FloatArray, *, method: Method = Method.HC3) -> FloatArray:
    """Return the covariance (n, n) of fitted strengths in log-odds squared, by either method.

    Raises NoFiniteMaximum.
    """
    return {Method.HC3: hc3, Method.SANDWICH: sandwich}[method](counts, strengths)


def sandwich(counts: PairCounts, strengths: FloatArray) -> FloatArray:
    """Return the covariance (n, n) of fitted strengths in log-odds squared; rows sum to zero, as the strengths do.

    strengths: (n,) from bradley_terry.fit(counts). Holds whatever the share of ties, and for weighted votes too, by
    the squares of their weights. Raises NoFiniteMaximum.
    Source: Huber (1967), White (1982): H+ G H+ with H the information and G the outer product of scores.
    """
    require_finite_maximum(counts)
    if len(counts) < 2:
        return np.zeros((len(counts), len(counts)))
    squares = residual_squares(counts.squares, win_probabilities(strengths))
    return around(inverse_information(counts, strengths), laplacian(squares))


def hc3(counts: PairCounts, strengths: FloatArray, *, doubt: float = DOUBT) -> FloatArray:
    """Return the sandwich (n, n) with every residual freed from its own vote, and not believed if votes are few.

    A squared residual grows by 1 / (1 - leverage)^2. Of each vote the part min(1, doubt * leverage) is not its
    residual but p (1 - p), which no outcome in [0, 1] with mean p can exceed: a model all of whose n votes
    came out as expected keeps a share of about doubt / n of its inverse information, one with up to `doubt` votes
    all of it, and with many votes the part vanishes. doubt = 0: the textbook. Where the leverage is 1 the residual
    is empty and p (1 - p) stands for it anyway. Raises NoFiniteMaximum.
    Source: MacKinnon and White (1985), HC3; for 3 / n: Hanley and Lippman-Hand (1983).
    """
    require_finite_maximum(counts)
    if len(counts) < 2:
        return np.zeros((len(counts), len(counts)))
    inverse = inverse_information(counts, strengths)
    return around(inverse, hc3_middle(counts, strengths, inverse, doubt=doubt))


def middle(counts: PairCounts, strengths: FloatArray, bread: FloatArray, *, method: Method) -> FloatArray:
    """Return what either method takes for the variance of the votes' pulls, (n, n), rows of sum zero.

    strengths: (n,) in log-odds, any finite ones; bread: (n, n) the inverse information that gave them.
    """
    if method == Method.SANDWICH:
        return laplacian(residual_squares(counts.squares, win_probabilities(strengths)))
    return hc3_middle(counts, strengths, bread)


def hc3_middle(counts: PairCounts, strengths: FloatArray, bread: FloatArray, *, doubt: float = DOUBT) -> FloatArray:
    """Return the middle (n, n) of hc3, as middle does."""
    chance = win_probabilities(strengths)
    return laplacian(freed_squares(counts, chance, leverages(counts, chance, bread), doubt=doubt))


def leverages(counts: PairCounts, chance: FloatArray, inverse: FloatArray) -> FloatArray:
    """Return the part of its own fit that one vote of a pair makes, (n, n) in [0, 1].

    Symmetric, 0 where no vote was cast. chance: (n, n) win probabilities at the maximum; inverse: (n, n) from
    inverse_information. Of weighted votes a pair's typical one is meant, of the weight that the sums of weights and of
    their squares tell.
    """
    weight = np.divide(counts.squares.battles, counts.battles, out=np.zeros_like(chance), where=counts.battles > 0)
    part = np.minimum(weight, counts.battles) * (chance * chance.T) * spread(inverse)
    return np.asarray(np.clip(part, 0.0, 1.0))


def freed_squares(counts: PairCounts, chance: FloatArray, leverage: FloatArray, *, doubt: float = DOUBT) -> FloatArray:
    """Return what hc3 takes for the squared residuals of a pair's votes, (n, n) symmetric. chance, leverage: (n, n)."""
    empty = leverage > 1 - ROUNDING
    rest = np.where(empty, 1.0, 1 - leverage)
    unknown = np.where(empty, 1.0, np.minimum(1.0, doubt * leverage))
    believed = (1 - unknown) / (rest * rest) * residual_squares(counts.squares, chance)
    squares: FloatArray = believed + unknown * counts.squares.battles * (chance * chance.T)
    return squares


def around(bread: FloatArray, middle: FloatArray) -> FloatArray:
    """Return bread @ middle @ bread, (n, n) and exactly symmetric.

    bread, middle: (n, n) and symmetric; the rows of the middle sum to zero.
    """
    product: FloatArray = bread @ middle @ bread
    return (product + product.T) / 2


def spread(covariance: FloatArray) -> FloatArray:
    """Return the variance of the difference of each pair, (n, n), at least 0. covariance: (n, n), symmetric."""
    own = covariance.diagonal()
    return np.maximum(own[:, None] + own[None, :] - 2 * covariance, 0.0)


def residual_squares(counts: PairCounts, chance: FloatArray) -> FloatArray:
    """Return the sum over a pair's votes of (score - expected)^2, (n, n) symmetric; the score is 1, 0, half or between.

    That of a score s between is s (1 - p)^2 + (1 - s) p^2 - s (1 - s).
    """
    decided = counts.wins * (chance * chance).T
    whole: FloatArray = decided + decided.T + counts.undecided * (0.5 - chance) ** 2
    if counts.split is None:
        return whole
    left = whole - counts.split
    return np.where(left > EXACT * whole, left, 0.0)  # less is the rounding of the difference


def half_widths(covariance: FloatArray, *, confidence: float = CONFIDENCE) -> FloatArray:
    """Return z * standard deviation, (n,) in the unit of the strengths. covariance: (n, n). Raises BadConfidence."""
    variances = np.maximum(covariance.diagonal(), 0.0)
    return normal_quantile(confidence) * np.sqrt(variances)


def normal_quantile(confidence: float) -> float:
    """Return the z with this much of a standard normal between -z and z. Raises BadConfidence."""
    check_confidence(confidence)
    return float(ndtri((1 + confidence) / 2))


def check_confidence(confidence: float) -> None:
    """Raise BadConfidence unless the confidence lies between 0 and 1."""
    if not 0 < confidence < 1:
        raise BadConfidence(f"confidence is {confidence}; it must lie between 0 and 1")
