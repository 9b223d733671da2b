"""A board's own proof: split the votes in halves at random, and see how often the two halves contradict each other.

It needs no truth, so it can be done on the votes of any arena. Intervals that hold promise a contradiction in one of
twenty; intervals that take alike votes for independent ones are contradicted far more often.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ratings import bradley_terry, clusters
from ratings.arrays import BoolArray, FloatArray, IntArray
from ratings.comparisons import Comparisons
from ratings.contrasts import Contrasts
from ratings.intervals import CONFIDENCE
from ratings.threads import bounded

SPLITS = 40
FEWEST_CLUSTERS = 4  # each half has at least two


@dataclass(frozen=True)
class Replication:
    """What the halves said of each other.

    contradictions: the share of ratings in which the halves differ by more than their intervals allow, which take the
    votes of what was split for alike; independent: the same with intervals for independent votes. promised: the share
    that the intervals promise. comparisons: how many ratings were compared, over all splits; 0 where no half could be
    rated, and then the shares are NaN. clusters: how many there were to split.
    """

    contradictions: float
    independent: float
    promised: float
    comparisons: int
    splits: int
    clusters: int


@bounded(lambda votes: votes.n_models)
def replication(
    votes: Comparisons,
    *,
    by: IntArray,
    rng: np.random.Generator,
    splits: int = SPLITS,
    confidence: float = CONFIDENCE,
    on_progress: Callable[[int, int], object] = lambda done, of: None,
) -> Replication:
    """Return how often random halves contradict each other.

    by: (votes,) whole numbers; what has one number stays in one half: the voters, or the prompts. on_progress: gets how
    many splits are done, and of how many. Models are compared that both halves can rate; fewer than four clusters, or
    halves that share no two models, compare nothing. Raises NotConverged, LengthMismatch.
    """
    names = np.unique(by)
    halves = _halves(names, by, rng, splits) if len(names) >= FEWEST_CLUSTERS else iter(())
    found = []
    for done, left in enumerate(halves, start=1):
        found += _misses(votes, left, by=by, confidence=confidence)
        on_progress(done, splits)
    missed = np.concatenate(found, axis=1) if found else np.zeros((2, 0))
    shares = missed.mean(axis=1) if missed.size else np.full(2, np.nan)
    return Replication(
        contradictions=float(shares[0]),
        independent=float(shares[1]),
        promised=1 - confidence,
        comparisons=missed.shape[1],
        splits=splits,
        clusters=len(names),
    )


def _halves(names: IntArray, by: IntArray, rng: np.random.Generator, splits: int) -> Iterator[BoolArray]:
    """Yield (votes,) whether a vote is in the first half."""
    for _ in range(splits):
        yield np.isin(by, rng.choice(names, len(names) // 2, replace=False))


def _misses(votes: Comparisons, left: BoolArray, *, by: IntArray, confidence: float) -> list[FloatArray]:
    """Return (2, models) whether the halves contradict each other, by their intervals and by independent ones."""
    rows = [np.flatnonzero(half & (votes.weight > 0)) for half in (left, ~left)]
    first, second = (bradley_terry.core(votes.among(half).fold()) for half in rows)
    models = np.intersect1d(first, second)
    inner = [votes.among(half).between(models) for half in rows]
    if len(models) < 2 or not all(bradley_terry.has_finite_maximum(half.fold().score) for half, _ in inner):
        return []
    fits = [_fit(half, by[places[kept]]) for (half, kept), places in zip(inner, rows, strict=True)]
    difference = np.abs(fits[0][0] - fits[1][0])
    own = np.hypot(*(errors.half_widths(confidence=confidence) for _, errors in fits))
    independent = np.hypot(*(Contrasts(errors.layers[:1]).half_widths(confidence=confidence) for _, errors in fits))
    return [np.stack([difference > own, difference > independent]).astype(float)]


def _fit(votes: Comparisons, cluster: IntArray) -> tuple[FloatArray, Contrasts]:
    strengths = bradley_terry.fit(votes.fold())
    return strengths, clusters.errors(votes, strengths, voter=cluster)
