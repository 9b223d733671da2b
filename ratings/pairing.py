"""The choice of the two models that meet next: the chance of every pair, and the draw of one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import numpy.typing as npt

from ratings.arrays import BoolArray, FloatArray
from ratings.errors import BadWeight, IndexOutOfRange, RatingsError


class TooFewModels(RatingsError):
    """The refusal to draw where there is no pair of two different models."""


@dataclass(frozen=True)
class Pair:
    """Two different models on their sides; probability: of this pair, on whichever sides, in (0, 1]."""

    a: int
    b: int
    probability: float


@dataclass(frozen=True, eq=False, init=False)
class PairProbabilities:
    """The chance of every pair, on whichever sides, as a read-only matrix.

    matrix: (n, n) in [0, 1], symmetric, 0 on the diagonal; one triangle sums to 1. Made from shares (n, n) of
    which only the proportions count. Raises RatingsError for shares that are not square, symmetric, finite,
    at least 0 and empty on the diagonal, and TooFewModels where none is above 0.
    """

    matrix: FloatArray

    def __init__(self, shares: npt.ArrayLike) -> None:
        matrix = np.array(shares, dtype=np.float64)
        _check_shares(matrix)
        if not matrix.any():
            raise TooFewModels("no two different models may meet")
        matrix /= matrix.max()  # first, so that the sum cannot overflow
        matrix /= np.triu(matrix).sum()
        matrix.setflags(write=False)
        object.__setattr__(self, "matrix", matrix)

    def __len__(self) -> int:
        return len(self.matrix)


def draw(probabilities: PairProbabilities, rng: Random) -> Pair:
    """Return a pair with exactly its stated probability, its sides by a fair coin of the same rng.

    A pair of probability 0 is never drawn. Equal probabilities and an equal state of rng draw an equal pair.
    """
    heaped = np.triu(probabilities.matrix).cumsum()
    # random() < 1 keeps the point below the last sum even after rounding; "right" skips cells that add nothing.
    cell = int(np.searchsorted(heaped, rng.random() * heaped[-1], side="right"))
    low, high = divmod(cell, len(probabilities))
    a, b = (low, high) if rng.random() < 0.5 else (high, low)
    return Pair(a, b, float(probabilities.matrix[low, high]))


def uniform(candidates: int | Sequence[tuple[int, int]], rng: Random) -> Pair:
    """Return a pair with every allowed pair equally likely, its sides by a fair coin of the same rng.

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


def weighted(
    weights: npt.ArrayLike,
    *,
    boosts: Mapping[int, float] | None = None,
    outages: Collection[int] = (),
    forbidden: Iterable[tuple[int, int]] = (),
) -> PairProbabilities:
    """Return chances in proportion to the weights of both models and to the larger of their boosts.

    weights: (n,) at least 0, where 0 never plays. boosts: model to a factor of at least 1 on each of its pairs;
    two new models are boosted once, not twice. outages, forbidden: as in allowed_pairs.
    Raises BadWeight, IndexOutOfRange, and TooFewModels where nothing is left.
    """
    weight = np.array(weights, dtype=np.float64)
    _check_weights(weight)
    boost = _boosts(boosts or {}, len(weight))
    plays = weight > 0
    open_to_draw = allowed_pairs(len(weight), outages=outages, forbidden=forbidden) & plays & plays[:, None]
    # Logarithms, since products of extreme weights would become infinity or 0, and a share NaN.
    log_weight = np.log(weight, where=plays, out=np.zeros(len(weight)))
    log_share = log_weight[:, None] + log_weight + np.log(np.maximum.outer(boost, boost))
    peak = log_share.max(where=open_to_draw, initial=-np.inf)
    return PairProbabilities(np.exp(log_share - peak, where=open_to_draw, out=np.zeros(open_to_draw.shape)))


def allowed_pairs(
    n_models: int, *, outages: Collection[int] = (), forbidden: Iterable[tuple[int, int]] = ()
) -> BoolArray:
    """Return whether two models may meet, (n, n) symmetric.

    They may if they are different, neither is out, and the pair is not forbidden in either order. Raises
    IndexOutOfRange for a model that is not in [0, n).
    """
    allowed = ~np.eye(n_models, dtype=np.bool_)
    for row, model in enumerate(outages):
        _check_models(row, model, n_models=n_models)
        allowed[model, :] = allowed[:, model] = False
    for row, (first, second) in enumerate(forbidden):
        _check_models(row, first, second, n_models=n_models)
        allowed[first, second] = allowed[second, first] = False
    return allowed


def _among_all(n_models: int, rng: Random) -> Pair:
    if n_models < 2:
        raise TooFewModels(f"a battle needs two models; there are {n_models}")
    a, b = rng.sample(range(n_models), 2)  # ordered, so the sides are fair without another coin
    return Pair(a, b, 2 / (n_models * (n_models - 1)))


def _boosts(boosts: Mapping[int, float], n_models: int) -> FloatArray:
    factors = np.ones(n_models)
    for row, (model, factor) in enumerate(boosts.items()):
        _check_models(row, model, n_models=n_models)
        if not 1 <= factor < np.inf:
            raise RatingsError(f"the boost of model {model} is {factor}; it must be finite and at least 1")
        factors[model] = factor
    return factors


def _check_models(row: int, *models: int, n_models: int) -> None:
    for model in models:
        if not 0 <= model < n_models:
            raise IndexOutOfRange(row, model)


def _check_weights(weight: FloatArray) -> None:
    if weight.ndim != 1:
        raise RatingsError(f"the weights have shape {weight.shape}; there must be one per model")
    for row in np.flatnonzero(~((weight >= 0) & np.isfinite(weight))):
        raise BadWeight(int(row), weight[row].item())


def _check_shares(shares: FloatArray) -> None:
    if shares.ndim != 2 or len(shares) != len(shares.T):
        raise RatingsError(f"the shares of the pairs have shape {shares.shape}; it must be square")
    if not (np.isfinite(shares).all() and (shares >= 0).all()):
        raise RatingsError("the shares of the pairs must be finite and at least 0")
    if shares.diagonal().any() or not np.array_equal(shares, shares.T):
        raise RatingsError("the shares of the pairs must be symmetric and leave no model against itself")
