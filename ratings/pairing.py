"""Which two models meet next."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from ratings.comparisons import RatingsError


class TooFewModels(RatingsError):
    """There is no pair of two different models to draw from."""


@dataclass(frozen=True)
class Pair:
    """Two different models on their sides; probability: of this pair, whoever sits where, in (0, 1]."""

    a: int
    b: int
    probability: float


def uniform(candidates: int | Sequence[tuple[int, int]], rng: Random) -> Pair:
    """A pair with every allowed pair equally likely, its sides by a fair coin of the same rng.

    candidates: a number of models n (all pairs of 0 .. n - 1), or the allowed pairs, in either order; a pair
    named twice is one pair. Equal candidates and an equal state of rng draw an equal pair.
    Raises TooFewModels.
    """
    if isinstance(candidates, int):
        return _among_all(candidates, rng)
    allowed = list(dict.fromkeys((min(pair), max(pair)) for pair in candidates))
    if not allowed or any(low == high for low, high in allowed):
        raise TooFewModels("every allowed pair needs two different models, and one pair must be allowed")
    low, high = rng.choice(allowed)
    a, b = (low, high) if rng.random() < 0.5 else (high, low)
    return Pair(a, b, 1 / len(allowed))


def _among_all(n_models: int, rng: Random) -> Pair:
    if n_models < 2:
        raise TooFewModels(f"a battle needs two models; there are {n_models}")
    a, b = rng.sample(range(n_models), 2)  # ordered, so the sides are fair without another coin
    return Pair(a, b, 2 / (n_models * (n_models - 1)))
