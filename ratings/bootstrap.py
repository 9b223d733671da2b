"""Intervals without a formula: the votes are drawn again and again, and each draw is fitted.

A cross-check of `ratings.intervals`, which is faster and covers better.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError
from scipy.special import expit

from ratings.arrays import BoolArray, FloatArray
from ratings.bradley_terry import MAX_STEPS, STEP_TOLERANCE, damping, fit, has_finite_maximum
from ratings.counts import PairCounts
from ratings.errors import NotConverged
from ratings.intervals import CONFIDENCE, check_confidence
from ratings.threads import bounded

ROUNDS = 1000
REMNANT = 0.01  # of the votes as they were, added to what alone has no finite maximum
CELLS_AT_ONCE = 100_000  # of (n, n) matrices climbing together: some megabytes, which a cache can hold

Progress = Callable[[int], None]


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """The strengths fitted to each draw of the votes.

    strengths: (rounds, n) in log-odds, each row of sum zero; mended: (rounds,) whether the draw had to be.
    """

    strengths: FloatArray
    mended: BoolArray


@bounded(len)
def bootstrap(
    counts: PairCounts,
    *,
    rng: np.random.Generator,
    rounds: int = ROUNDS,
    on_progress: Progress | None = None,
) -> Bootstrap:
    """Return the strengths of `rounds` draws, each of as many votes as there are, with replacement.

    An equal rng draws equally. A draw without a finite maximum gets a hundredth of the votes as they were: those have
    one, so the draw has one too, far out on the side where it had no end. Other draws get nothing. Weighted votes of
    one pair and outcome are drawn as so many equal ones as say as much (Kish, 1965), each of their mean weight, so the
    unit of the weights changes nothing. on_progress is told the rounds done, now and then. Raises NoFiniteMaximum and
    NotConverged. Source: Efron (1979); equal votes are drawn together, as one multinomial.
    """
    counts.require_whole("a bootstrap is")
    start = fit(counts)
    strengths, mended = np.tile(start, (rounds, 1)), np.zeros(rounds, dtype=bool)
    done = 0
    for score in _draws(counts, rng, rounds=rounds) if len(counts) > 1 else ():
        part = slice(done, done + len(score))
        mended[part] = [not has_finite_maximum(draw) for draw in score]
        score[mended[part]] += REMNANT * counts.score
        strengths[part] = _climb_together(score, start)
        done += len(score)
        if on_progress is not None:
            on_progress(done)
    return Bootstrap(strengths, mended)


def percentiles(strengths: FloatArray, *, confidence: float = CONFIDENCE) -> tuple[FloatArray, FloatArray]:
    """Return lower and upper bounds, (n,) each, with equal tails outside. Raises BadConfidence.

    strengths: (rounds, n).
    """
    check_confidence(confidence)
    lower, upper = np.quantile(strengths, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    return lower, upper


def _draws(counts: PairCounts, rng: np.random.Generator, *, rounds: int) -> Iterator[FloatArray]:
    """Yield batches of scores (some, n, n), `rounds` scores in all."""
    n = len(counts)
    winner, loser = np.nonzero(counts.wins)
    low, high = np.nonzero(np.triu(counts.undecided))

    def by_cell(sums: PairCounts) -> FloatArray:
        return np.concatenate([sums.wins[winner, loser], sums.undecided[low, high]])

    each = by_cell(counts.squares) / by_cell(counts)  # the weight of one vote
    each[each == 0] = 1.0  # so light that its square is nothing: it is as good as never drawn
    weights = by_cell(counts) / each
    votes = max(1, round(weights.sum()))
    batch = max(1, CELLS_AT_ONCE // n**2)
    for first in range(0, rounds, batch):
        drawn = rng.multinomial(votes, weights / weights.sum(), size=min(batch, rounds - first)).astype(float)
        drawn *= each * (weights.sum() / votes)
        score = np.zeros((len(drawn), n, n))
        score[:, winner, loser] = drawn[:, : len(winner)]
        score[:, low, high] += drawn[:, len(winner) :] / 2
        score[:, high, low] += drawn[:, len(winner) :] / 2
        yield score


def _climb_together(score: FloatArray, start: FloatArray) -> FloatArray:
    """Return the strengths (some, n) at the maxima of scores (some, n, n), by Newton steps from start (n,)."""
    strengths, battles = np.tile(start, (len(score), 1)), score + score.transpose(0, 2, 1)
    moving = np.arange(len(score))
    for _ in range(MAX_STEPS):
        step, reach = _steps(score[moving], battles[moving], strengths[moving])
        strengths[moving] += np.array([damping(r) for r in reach.tolist()])[:, None] * step
        moving = moving[reach >= STEP_TOLERANCE]
        if not moving.size:
            return strengths
    raise NotConverged(f"no maximum of a draw after {MAX_STEPS} Newton steps")


def _steps(score: FloatArray, battles: FloatArray, strengths: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the Newton step (some, n) of each draw, and its largest change of a log-odds between rivals (some,)."""
    n = strengths.shape[1]
    chance = expit(strengths[:, :, None] - strengths[:, None, :])
    gradient = (score - battles * chance).sum(axis=2)
    curvature = -battles * chance * chance.transpose(0, 2, 1)
    everyone = np.arange(n)
    curvature[:, everyone, everyone] = -curvature.sum(axis=2)
    trace = curvature[:, everyone, everyone].sum(axis=1)
    try:
        step = np.linalg.solve(curvature + trace[:, None, None] / n**2, gradient[:, :, None])[:, :, 0]
    except LinAlgError as error:
        raise NotConverged("the information matrix of a draw is singular in double precision") from error
    gaps = np.abs(step[:, :, None] - step[:, None, :])
    return step, gaps.max(axis=(1, 2), where=battles > 0, initial=0.0)
