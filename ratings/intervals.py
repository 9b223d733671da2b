"""How far the strengths may be from the truth: sandwich covariance and normal intervals."""

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


class BadConfidence(RatingsError):
    """A confidence outside the open interval from 0 to 1."""


def sandwich(counts: PairCounts, strengths: FloatArray) -> FloatArray:
    """Covariance (n, n) of fitted strengths in log-odds squared; rows sum to zero, as the strengths do.

    strengths: (n,) from bradley_terry.fit(counts). Holds whatever the share of ties. Of weighted votes only
    the sums are known here: weights of 0 and 1 are exact, others count as that many votes. Raises
    NoFiniteMaximum.
    Source: Huber (1967), White (1982): H+ G H+ with H the information and G the outer product of scores.
    """
    require_finite_maximum(counts)
    if len(counts) < 2:
        return np.zeros((len(counts), len(counts)))
    bread = cho_factor(identified(information(counts, strengths)))
    meat = laplacian(residual_squares(counts, strengths))
    covariance: FloatArray = cho_solve(bread, cho_solve(bread, meat).T)
    return (covariance + covariance.T) / 2


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
    if not 0 < confidence < 1:
        raise BadConfidence(f"confidence is {confidence}; it must lie between 0 and 1")
    return float(ndtri((1 + confidence) / 2))
