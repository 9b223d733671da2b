"""A test of the tie models on votes that they have not seen: cross-validated log loss, from the counts alone.

Half-win Bradley-Terry names an expected score p and no chance of a tie, so it gets one here that keeps p: of
the points expected of the weaker side, min(p, 1 - p), one share c comes from ties, in every battle the same.
So a tie has the chance 2 c min(p, 1 - p), a win p less half of that, and c makes the training votes' expected
ties as many as they had. A constant chance of a tie would contradict the fit, whose p counts ties as half wins.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import numpy as np

from ratings import bradley_terry, ties
from ratings.arrays import FloatArray
from ratings.counts import PairCounts
from ratings.errors import BadCounts, RatingsError
from ratings.threads import bounded
from ratings.ties import DAVIDSON, RAO_KUPPER, TieModel

FOLDS = 5
NAMES = ("half_win", DAVIDSON.name, RAO_KUPPER.name)

LogChances = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, eq=False)
class HeldOut:
    """The loss of each model of ties on held-out votes.

    losses: (3,) mean of -log(chance given to what the vote said), in nats per held-out vote, by NAMES.
    covariance: (3, 3) of those means over votes, the fits held fixed. votes: how many were scored; a vote on a
    model that the training votes could not rate is not, for any of the three. Both_bad counts as a tie.
    """

    losses: FloatArray
    covariance: FloatArray
    votes: int

    @property
    def best(self) -> str:
        """The name with the smallest loss."""
        return NAMES[int(np.argmin(self.losses))]

    def advantage(self, first: str, second: str) -> tuple[float, float]:
        """Return how much smaller the loss of first is, in nats per vote, and the standard error of that."""
        contrast = np.array([(name == second) - (name == first) for name in NAMES], dtype=np.float64)
        return float(contrast @ self.losses), sqrt(max(float(contrast @ self.covariance @ contrast), 0.0))


@bounded(len)
def compare(counts: PairCounts, *, rng: np.random.Generator, folds: int = FOLDS) -> HeldOut:
    """Return the held-out losses of the three models, each vote scored once by fits that did not see it.

    Raises BadCounts unless all counts are whole, RatingsError for fewer than two folds or nothing to score,
    NoFiniteMaximum where a training part rates no models with ties, and NotConverged.
    Source: Stone (1974).
    """
    total, moments, votes = np.zeros(len(NAMES)), np.zeros((len(NAMES), len(NAMES))), 0.0
    for training, testing in split(counts, folds=folds, rng=rng):
        models = bradley_terry.core(training)
        losses, weights = _losses(training.among(models), testing.among(models))
        total += losses @ weights
        moments += (losses * weights) @ losses.T
        votes += weights.sum()
    if not votes:
        raise RatingsError("no held-out vote is between models that the other votes rate")
    mean = total / votes
    return HeldOut(mean, (moments / votes - np.outer(mean, mean)) / votes, round(votes))


def split(counts: PairCounts, *, folds: int, rng: np.random.Generator) -> Iterator[tuple[PairCounts, PairCounts]]:
    """Yield each fold as (training, testing). Every vote is in one testing part, each equally likely.

    Raises what compare raises.
    """
    counts.require_whole("a held-out test is")
    undecided = counts.ties + counts.both_bad
    cells = np.array([counts.wins, np.triu(undecided)])
    if folds < 2:
        raise RatingsError(f"folds is {folds}; it must be at least 2")
    if (cells != np.rint(cells)).any():
        raise BadCounts("only whole votes can be held out")
    nothing = np.zeros_like(undecided)
    for wins, upper in np.moveaxis(rng.multinomial(cells.astype(np.int64), np.full(folds, 1 / folds)), -1, 0):
        tied = (upper + upper.T).astype(np.float64)
        yield (
            PairCounts(counts.wins - wins, undecided - tied, both_bad=nothing),
            PairCounts(wins, tied, both_bad=nothing),
        )


def half_win_log_chances(training: PairCounts, strengths: FloatArray) -> LogChances:
    """Return the logarithms of the chance that i beats j and of a tie, (n, n) each, as the module describes.

    Raises NoFiniteMaximum. strengths: (n,) from bradley_terry.fit(training).
    """
    p = bradley_terry.win_probabilities(strengths)
    weaker = np.minimum(p, p.T)
    tied, room = float((training.ties + training.both_bad).sum()), float((training.battles * 2 * weaker).sum())
    if not 0 < tied < room:
        raise bradley_terry.NoFiniteMaximum("the training votes have no ties, or more than their scores have room for")
    share = tied / room
    return np.log(p - share * weaker), np.log(2 * share * weaker)


def _losses(training: PairCounts, testing: PairCounts) -> tuple[FloatArray, FloatArray]:
    """Return the loss (3, kinds) of each kind of held-out vote, and how many there were (kinds,)."""
    with_ties = [_log_chances(training, model) for model in (DAVIDSON, RAO_KUPPER)]
    fitted = [half_win_log_chances(training, bradley_terry.fit(training)), *with_ties]
    counts = np.array([testing.wins, np.triu(testing.ties)])
    seen = counts > 0
    return -np.array([np.array(chances)[seen] for chances in fitted]), counts[seen]


def _log_chances(training: PairCounts, model: TieModel) -> LogChances:
    fitted = ties.fit(training, model)
    return model.log_chances(np.subtract.outer(fitted.strengths, fitted.strengths), float(np.log(fitted.tie)))
