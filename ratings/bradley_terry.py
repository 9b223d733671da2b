"""Bradley-Terry strengths at the exact maximum of the likelihood, and which models can have them.

A tie or both_bad is half a win for each side. Strengths are log-odds: P(i beats j) =
1 / (1 + exp(s_j - s_i)).
"""

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.special import expit

from ratings.arrays import BoolArray, FloatArray, IntArray
from ratings.counts import PairCounts
from ratings.errors import NotConverged, RatingsError
from ratings.positive_definite import cholesky, inverse, solved

STEP_TOLERANCE = 1e-7  # Newton squares the error: the step after this one would be about 1e-14
SMALL_STEP = 0.1  # log-odds; below it the damping is as good from an upper bound of the reach
MAX_STEPS = 100
MAX_EXPONENT = 300.0  # ratios of such exponentials still fit a double

Direction = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]


class NoFiniteMaximum(RatingsError):
    """Some models never scored, even through others, against the rest; their strengths have no end."""


def fit(counts: PairCounts) -> FloatArray:
    """Return the strengths (n,) in log-odds, of sum zero, at the maximum of the likelihood.

    Raises NoFiniteMaximum unless every model scored against every other, directly or through others, and
    NotConverged beyond double precision. Source: Bradley and Terry (1952); the condition: Ford (1957).
    """
    require_finite_maximum(counts)
    if len(counts) < 2:
        return np.zeros(len(counts))
    return climb(counts, guess(counts), direction=_sum_zero_direction)


def guess(counts: PairCounts) -> FloatArray:
    """Return the log-odds (n,) of each model's points, half a point added: near the maximum if rivals are alike."""
    odds = np.log((counts.score.sum(axis=1) + 0.5) / (counts.score.sum(axis=0) + 0.5))
    centred: FloatArray = odds - odds.mean()
    return centred


def log_likelihood(counts: PairCounts, strengths: FloatArray) -> float:
    """Return the log-likelihood in nats, at most 0, of strengths (n,) in log-odds."""
    if len(strengths) and np.abs(strengths).max() < MAX_EXPONENT:
        odds = np.exp(strengths)
        either = np.log(np.add.outer(odds, odds))
    else:
        either = np.logaddexp.outer(strengths, strengths)
    return float(counts.score.sum(axis=1) @ strengths - (counts.battles * either).sum() / 2)


def groups(counts: PairCounts) -> list[IntArray]:
    """Return the models that votes connect, one sorted array of indices per group; those without votes are in none.

    The largest group first, then the one with more votes, then the one with the smallest index.
    """
    return _parts(counts, "weak")


def core(counts: PairCounts) -> IntArray:
    """Return the largest set of two or more models with finite strengths together, as indices; empty if there is none.

    Of sets of equal size, it is the one with more votes inside, then the one with the smallest index.
    """
    parts = _parts(counts, "strong")
    return parts[0] if parts else np.zeros(0, dtype=np.int64)


def require_finite_maximum(counts: PairCounts) -> None:
    """Raise NoFiniteMaximum unless the counts have finite strengths."""
    if not has_finite_maximum(counts.score):
        raise NoFiniteMaximum("some models never scored, even through others, against the rest")


def has_finite_maximum(score: FloatArray) -> bool:
    """Return whether every model scored against every other, directly or through others. score: (n, n)."""
    scored = score > 0
    return len(score) < 2 or (_reaches_all(scored) and _reaches_all(scored.T))


def win_probabilities(strengths: FloatArray) -> FloatArray:
    """Return the chance that i beats j, (n, n) in [0, 1]. strengths: (n,) in log-odds."""
    if len(strengths) and np.abs(strengths).max() < MAX_EXPONENT:
        odds = np.exp(strengths)  # n exponentials in place of n * n
        return 1 / (1 + odds / odds[:, None])
    chances: FloatArray = expit(strengths[:, None] - strengths[None, :])
    return chances


def information(counts: PairCounts, strengths: FloatArray) -> FloatArray:
    """Return minus the second derivative of the log-likelihood, (n, n): a graph Laplacian, every row sums to zero."""
    chance = win_probabilities(strengths)
    return laplacian(counts.battles * chance * chance.T)


def laplacian(links: FloatArray) -> FloatArray:
    """Return the row sums on the diagonal, minus the links, (n, n). links: (n, n) symmetric, empty on the diagonal."""
    form = -links
    form.flat[:: len(links) + 1] = links.sum(axis=1)
    return form


def identified(singular: FloatArray) -> FloatArray:
    """Return a connected graph's Laplacian (n, n) made invertible, its action on vectors of sum zero unchanged."""
    n = len(singular)
    return singular + float(np.trace(singular)) / n**2


def inverse_information(counts: PairCounts, strengths: FloatArray) -> FloatArray:
    """Return the inverse (n, n) of the identified information: the differences' covariance if the model is true.

    Symmetric; every row sums to the same. Raises NotConverged. Source: Fisher (1922).
    """
    return inverse(identified(information(counts, strengths)))


def climb(
    counts: PairCounts, start: FloatArray, *, direction: Direction, tolerance: float = STEP_TOLERANCE
) -> FloatArray:
    """Return the maximum (n,) of a concave objective whose curvature is logistic plus constant.

    direction(strengths, gradient, information) gives the Newton step (n,). tolerance: log-odds; the last step is
    smaller, and the error about its square. Raises NotConverged.
    """
    lost, battles, strengths = np.ascontiguousarray(counts.score.T), counts.battles, start
    for _ in range(MAX_STEPS):
        chance = win_probabilities(strengths)
        surprise = lost * chance
        gradient = surprise.sum(axis=0) - surprise.sum(axis=1)
        step = direction(strengths, gradient, laplacian(battles * (chance * chance.T)))
        reach = _reach(step, battles)
        strengths = strengths + damping(reach) * step
        if reach < tolerance:
            return strengths
    raise NotConverged(f"no maximum after {MAX_STEPS} Newton steps")


def damping(reach: float) -> float:
    """Return the part in (0, 1] of a Newton step that cannot overshoot the maximum along it.

    reach: the largest change of a log-odds between two models that met. Along the part t of the step a
    logistic curvature changes by a factor of at most exp(t * reach) (Bach, 2010), so the slope keeps its sign
    up to t = log(1 + reach) / reach, which tends to 1 fast enough to stay quadratic.
    """
    return float(np.log1p(reach) / reach) if reach > 0 else 1.0


def _reach(step: FloatArray, battles: FloatArray) -> float:
    """Return the largest change of a log-odds between two models that met, or an upper bound if that is small."""
    widest = float(np.ptp(step))
    if widest < SMALL_STEP:
        return widest
    return float(np.abs(np.subtract.outer(step, step)).max(where=battles > 0, initial=0.0))


def _reaches_all(steps: BoolArray) -> bool:
    """Return whether every model can be reached from the first. steps: (n, n) from row to column."""
    reached = np.arange(len(steps)) == 0
    newest = reached
    while newest.any() and not reached.all():
        newest = steps[newest].any(axis=0) & ~reached
        reached |= newest
    return bool(reached.all())


def _sum_zero_direction(_: FloatArray, gradient: FloatArray, curvature: FloatArray) -> FloatArray:
    step: FloatArray = solved(cholesky(identified(curvature)), gradient)
    return step


def _parts(counts: PairCounts, connection: str) -> list[IntArray]:
    if len(counts) > 1 and has_finite_maximum(counts.score):
        return [np.arange(len(counts))]
    if len(counts) == 0:
        return []
    battles, scored = counts.battles, csr_array(counts.score > 0)
    _, labels = connected_components(scored, directed=True, connection=connection)
    several = np.flatnonzero(np.bincount(labels) > 1)
    parts = [np.flatnonzero(labels == label) for label in several]
    return sorted(parts, key=lambda part: (-len(part), -battles[np.ix_(part, part)].sum(), part[0]))
