"""Intervals that may be watched: who looks after every vote is misled by no look, with the confidence of one.

An interval of one moment fails one time in twenty; looked at again and again, most of the time. A confidence
sequence is wider, so that all its looks together fail one time in twenty. It may be stopped by what it shows.
"""

from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from scipy.special import stdtrit

from ratings.arrays import FloatArray
from ratings.bradley_terry import win_probabilities
from ratings.clusters import LOST_FREEDOM
from ratings.contrasts import MANY, Layer
from ratings.counts import PairCounts
from ratings.errors import RatingsError
from ratings.intervals import CONFIDENCE, check_confidence, normal_quantile, residual_squares
from ratings.scale import POINTS_PER_LOG_ODD, to_log_odds
from ratings.standings import Standings

#: The number of votes at which the band is narrowest against the interval of one moment.
TUNED_TO = 100
#: Fewer people than this, by Kish, may agree by chance at some moment, whatever they vote (benchmarks.watched).
FEWEST_CLUSTERS = 4.0


class NotCompared(RatingsError):
    """Two models that no votes connect, or without a rating."""


@dataclass(frozen=True)
class Error:
    """The error of a gap by one way to measure it.

    deviation: in points, at least 0; freedom: of Student's t, MANY where it is normal.
    """

    deviation: float
    freedom: float = MANY


@dataclass(frozen=True)
class Gap:
    """How far one model is ahead of another, in points, and how well that is known.

    errors: by each way, votes taken for independent first; the widest holds. one_vote: the standard deviation of the
    gap known by one vote between the two alone. counted_clusters: as clusters, where the errors do not tell it.
    """

    points: float
    errors: tuple[Error, ...]
    one_vote: float
    counted_clusters: float | None = None

    @property
    def votes(self) -> float:
        """How many votes between the two would say as much, if votes were independent."""
        deviation = self.errors[0].deviation
        return (self.one_vote / deviation) ** 2 if deviation > 0 else 0.0

    @property
    def clusters(self) -> float | None:
        """The effective number of people, or of prompts if fewer, that speak of the gap; None where nobody is told."""
        known = [error.freedom + LOST_FREEDOM for error in self.errors if error.freedom < MANY]
        return min([*known, *([] if self.counted_clusters is None else [self.counted_clusters])], default=None)

    @property
    def is_of_few(self) -> bool:
        """Whether so few people speak of it, or so few prompts, that no look at it should decide."""
        return self.clusters is not None and self.clusters < FEWEST_CLUSTERS

    def half_width(self, *, confidence: float = CONFIDENCE) -> float:
        """Return the half-width of the interval of this moment. Raises BadConfidence."""
        check_confidence(confidence)
        quantiles = stdtrit([error.freedom for error in self.errors], (1 + confidence) / 2)
        return float(np.max(quantiles * [error.deviation for error in self.errors]))

    def watched(self, *, confidence: float = CONFIDENCE) -> float:
        """Return the half-width of the band that may be watched. Raises BadConfidence."""
        wider = widening(np.array([self.votes]), confidence=confidence)
        return self.half_width(confidence=confidence) * float(wider[0])


def widening(votes: FloatArray, *, confidence: float = CONFIDENCE) -> FloatArray:
    """Return how many times as wide as the interval of one moment the band is that may be watched, (k,) above 1.

    votes: (k,) independent ones that say as much; fewer than one count as one. Raises BadConfidence.
    Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024), Theorem 2.2; the mixture is of Robbins (1970).
    """
    check_confidence(confidence)
    risk = 1 - confidence
    known = np.maximum(votes, 1.0) * ((-2 * log(risk) + log(1 - 2 * log(risk))) / TUNED_TO)
    squared = 2 * (known + 1) / known * np.log(np.sqrt(known + 1) / risk)
    wider: FloatArray = np.sqrt(squared) / normal_quantile(confidence)
    return wider


def gap_between(board: Standings, counts: PairCounts, *, first: int, second: int) -> Gap:
    """Return how far the first model is ahead of the second by the standings of these counts. Raises NotCompared."""
    number = int(board.group[first])
    if number < 0 or number != board.group[second]:
        raise NotCompared("no votes connect the two")
    members = np.flatnonzero(board.group == number)
    pair = int(np.searchsorted(members, first)), int(np.searchsorted(members, second))
    return Gap(
        points=float(board.rating[first] - board.rating[second]),
        errors=tuple(_error(layer, *pair) for layer in board.errors[number].layers),
        one_vote=_one_vote(counts.among(members), to_log_odds(board.rating[members]), *pair),
    )


def _error(layer: Layer, first: int, second: int) -> Error:
    own = layer.covariance
    variance = max(float(own[first, first] + own[second, second] - 2 * own[first, second]), 0.0)
    freedom = MANY if layer.freedom is None else min(float(layer.freedom[first, second]), MANY)
    return Error(sqrt(variance), freedom)


def _one_vote(counts: PairCounts, strengths: FloatArray, first: int, second: int) -> float:
    """Return the standard deviation, in points, of a gap known by one direct vote. strengths: (n,) in log-odds.

    Ties make scores vary less than wins and losses would: by how much, all votes of the counts tell.
    """
    chance = win_probabilities(strengths)
    expected = float((counts.battles * chance * chance.T).sum())
    seen = float(residual_squares(counts, chance).sum())
    spread = seen / expected if expected > 0 and seen > 0 else 1.0
    information = max(float(chance[first, second] * chance[second, first]), 1e-12)
    return POINTS_PER_LOG_ODD * sqrt(spread / information)
