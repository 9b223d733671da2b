"""The agreement of two orders of the same models."""

from dataclasses import dataclass
from math import atanh, sqrt, tanh

import numpy as np
from scipy.special import ndtri

from ratings.arrays import FloatArray
from ratings.errors import RatingsError
from ratings.intervals import CONFIDENCE

#: With three models, one order in six equals the other by chance.
MIN_MODELS = 4
#: A correlation beyond this is 1 but for rounding, and its interval would have no width.
_ALL = 1 - 1e-9


@dataclass(frozen=True)
class RankCorrelation:
    """The rank correlation of two lists of numbers.

    value: in [-1, 1]. lower, upper: its 95% interval, None where the orders are the same or reversed.
    models: how many were compared.
    """

    value: float
    lower: float | None
    upper: float | None
    models: int


def spearman(first: FloatArray, second: FloatArray) -> RankCorrelation | None:
    """Return Spearman's correlation: Pearson's of the ranks, where equal numbers share the mean of theirs.

    first, second: (models,) numbers of the same models. None for fewer than MIN_MODELS, or where all of one side
    are equal. The interval takes the models for a sample of many and the numbers for exact. Raises RatingsError for
    different shapes.
    Source: Spearman (1904); the interval: Bonett and Wright (2000), standard error sqrt((1 + r^2 / 2) / (n - 3)) of
    Fisher's z.
    """
    if first.shape != second.shape:
        raise RatingsError(f"{first.shape} and {second.shape} are not numbers of the same models")
    if len(first) < MIN_MODELS or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    value = float(np.clip(np.corrcoef(_ranks(first), _ranks(second))[0, 1], -1, 1))
    if abs(value) > _ALL:
        return RankCorrelation(value, None, None, len(first))
    step = float(ndtri((1 + CONFIDENCE) / 2)) * sqrt((1 + value**2 / 2) / (len(first) - 3))
    return RankCorrelation(value, tanh(atanh(value) - step), tanh(atanh(value) + step), len(first))


def _ranks(numbers: FloatArray) -> FloatArray:
    """Return the ranks (n,), from 1 for the smallest."""
    _, places, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: FloatArray = (last - (counts - 1) / 2)[places]
    return ranks
