"""Online Elo: the points that change hands in each vote, in the order of the votes.

Source: Elo (1978). Ties and both_bad score a half.
"""

from collections import deque
from collections.abc import Iterator
from math import log, tanh

import numpy as np
import numpy.typing as npt

from ratings.arrays import FloatArray
from ratings.comparisons import SCORE_OF_A, Comparisons, Outcome
from ratings.errors import RatingsError, UnknownOutcome
from ratings.scale import BASE, SCALE, START

K = 4.0


class BadInitialRatings(RatingsError):
    """Initial ratings that are not one finite number per model."""


def win_probability(rating_a: float, rating_b: float, *, scale: float = SCALE, base: float = BASE) -> float:
    """Return the chance in [0, 1] that A beats B: 1 / (1 + base^((rating_b - rating_a) / scale))."""
    # The same number as a hyperbolic tangent, which cannot overflow.
    return 0.5 + 0.5 * tanh((rating_a - rating_b) * _slope(scale, base))


def step(
    rating_a: float,
    rating_b: float,
    *,
    outcome: Outcome,
    k: float = K,
    scale: float = SCALE,
    base: float = BASE,
) -> float:
    """Return the points that model A gains and model B loses in this vote, in [-k, k]. Raises UnknownOutcome."""
    if outcome not in list(Outcome):
        raise UnknownOutcome(0, outcome)
    return k * (float(SCORE_OF_A[outcome]) - win_probability(rating_a, rating_b, scale=scale, base=base))


def replay(
    comparisons: Comparisons,
    initial: npt.ArrayLike | None = None,
    *,
    start: float = START,
    k: float = K,
    scale: float = SCALE,
    base: float = BASE,
) -> FloatArray:
    """Return the ratings (n,) in points after all votes, in the order given; a vote's weight multiplies its step.

    initial: (n,) the ratings before the first vote, all at start if absent. Going on from stored ratings
    gives bit for bit what one long replay gives. Raises BadInitialRatings.
    """
    ratings = _initial(comparisons.n_models, initial, start=start)
    deque(_play(comparisons, ratings, k=k, scale=scale, base=base), maxlen=0)
    return np.array(ratings, dtype=np.float64)


def history(
    comparisons: Comparisons,
    initial: npt.ArrayLike | None = None,
    *,
    start: float = START,
    k: float = K,
    scale: float = SCALE,
    base: float = BASE,
) -> FloatArray:
    """Return the ratings (votes + 1, n) in points: row t is after the first t votes. Otherwise as `replay`."""
    ratings = _initial(comparisons.n_models, initial, start=start)
    rows = np.empty((len(comparisons) + 1, comparisons.n_models))
    rows[0] = ratings
    for row, _ in enumerate(_play(comparisons, ratings, k=k, scale=scale, base=base), start=1):
        rows[row] = ratings
    return rows


def _initial(n_models: int, initial: npt.ArrayLike | None, *, start: float) -> list[float]:
    ratings = np.full(n_models, start) if initial is None else np.array(initial, dtype=np.float64)
    if ratings.shape != (n_models,) or not np.isfinite(ratings).all():
        raise BadInitialRatings(f"{n_models} models need {n_models} finite ratings to start from")
    values: list[float] = ratings.tolist()
    return values


def _play(comparisons: Comparisons, ratings: list[float], *, k: float, scale: float, base: float) -> Iterator[None]:
    """Yield after each vote, when `ratings` has been changed in place.

    It writes `step` out, since a million calls cost a second.
    """
    slope, weight = _slope(scale, base), comparisons.weight
    columns = (comparisons.a, comparisons.b, comparisons.score, np.full(len(comparisons), k) * weight)
    for a, b, score, most in zip(*(column.tolist() for column in columns), strict=True):
        rating_a, rating_b = ratings[a], ratings[b]
        gain = most * (score - (0.5 + 0.5 * tanh((rating_a - rating_b) * slope)))
        ratings[a] = rating_a + gain
        ratings[b] = rating_b - gain
        yield


def _slope(scale: float, base: float) -> float:
    return log(base) / (2 * scale)
