"""Weights of votes: by age, by a window of time, by how often their pair has met.

All give weights that multiply. Intervals of weighted votes use the squares of their weights, which folding keeps.
"""

import numpy as np
import numpy.typing as npt

from ratings.arrays import FloatArray
from ratings.counts import PairCounts
from ratings.errors import BadWeight, RatingsError

AT_LEAST = 50.0
DUST = 1e-9  # of all votes of a model: points that weigh less tell nothing, but can spoil a fit


def by_age(age: npt.ArrayLike, *, half_life: float) -> FloatArray:
    """Return weights (votes,) in (0, 1] that halve with every half_life.

    age: (votes,) at least 0, in the same unit. Raises RatingsError for a half_life that is not above 0, BadWeight for
    an age that is negative or not finite.
    """
    if not half_life > 0:
        raise RatingsError(f"half_life is {half_life}; it must be above 0")
    ages = np.asarray(age, dtype=np.float64)
    _refuse(~((ages >= 0) & np.isfinite(ages)), ages)
    weights: FloatArray = np.exp2(-ages / half_life)
    return weights


def within(time: npt.ArrayLike, *, start: float = -np.inf, end: float = np.inf) -> FloatArray:
    """Return 1 from start on and before end, 0 otherwise, (votes,).

    time: (votes,), all in one unit. Raises BadWeight for a time that is not a number.
    """
    times = np.asarray(time, dtype=np.float64)
    _refuse(np.isnan(times), times)
    return ((times >= start) & (times < end)).astype(np.float64)


def per_pair(counts: PairCounts, *, at_least: float = AT_LEAST) -> FloatArray:
    """Return a factor for each pair (n, n): 1 / max(votes of the pair, at_least), scaled.

    They are for counts.times; factors[a, b] are the same for votes. Every pair that met often enough then counts the
    same, and how often each pair was shown moves no rating even where the model is wrong. They are scaled so that the
    weighted votes are as many as before. Raises RatingsError for an at_least that is not above 0. Source: inverse
    propensity (Horvitz and Thompson, 1952), as arena-rank does it.
    """
    if not at_least > 0:
        raise RatingsError(f"at_least is {at_least}; it must be above 0")
    factors = 1 / np.maximum(counts.battles, at_least)
    total = float((factors * counts.battles).sum())
    return factors * (counts.battles.sum() / total) if total else factors


def without_dust(counts: PairCounts) -> PairCounts:
    """Return the votes without a pair's wins or ties that weigh less than a billionth of the votes of either model.

    As links they would count as much as any other, so that two models that last met years ago would seem to be
    compared, by a difference that no double can hold. The same counts where there is no such dust.
    """
    votes = counts.votes
    least = DUST * np.minimum(votes[:, None], votes[None, :])
    planes = (counts.wins, counts.ties, counts.both_bad)
    if not any(((plane > 0) & (plane < least)).any() for plane in planes):
        return counts
    is_link = (counts.wins >= least) & (least <= counts.wins.T)

    def heavy(sums: PairCounts, squares: PairCounts | None) -> PairCounts:
        parts = zip(planes, (sums.wins, sums.ties, sums.both_bad), strict=True)
        wins, ties, both_bad = (np.where(plane < least, 0.0, part) for plane, part in parts)
        split = None if sums.split is None else np.where(is_link, sums.split, 0.0)
        return PairCounts(wins, ties, both_bad=both_bad, split=split, squares=squares)

    return heavy(counts, heavy(counts.squares, None))


def _refuse(bad: npt.NDArray[np.bool_], values: FloatArray) -> None:
    if bad.any():
        row = int(np.argmax(bad))
        raise BadWeight(row, values[row].item())
