"""The whole board from the counts: who is rated, who provisionally, who not at all, and where."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ratings import bradley_terry, provisional
from ratings.arrays import BoolArray, FloatArray, IntArray
from ratings.counts import PairCounts
from ratings.intervals import CONFIDENCE, Method, covariance, half_widths, residual_squares
from ratings.ranking import rank_range
from ratings.scale import to_points, width_in_points

FEWEST_VOTES = 2
SMALLEST_RESIDUAL = 1e-9  # root mean square over a model's votes; below it is rounding


class Status(StrEnum):
    """RATED by its votes alone; PROVISIONAL under the prior of ratings.provisional; UNRATED: no votes."""

    RATED = "rated"
    PROVISIONAL = "provisional"
    UNRATED = "unrated"


class Reason(StrEnum):
    """Why a rating is provisional."""

    UNDEFEATED = "undefeated"  # nobody took a point from it
    WINLESS = "winless"  # it took a point from nobody
    FEW_VOTES = "few_votes"  # fewer than two votes with the core
    NO_RESIDUAL = "no_residual"  # every vote came out exactly as expected, so its error cannot be estimated
    OUTSIDE_CORE = "outside_core"  # no points both ways, even through rated models, with a core


@dataclass(frozen=True, eq=False)
class Standings:
    """One row per model, in the order of the counts.

    rating, lower, upper: (n,) points, around 1000 in each group, NaN when unrated.
    rank, rank_best, rank_worst: (n,) from 1 in each group, 0 when unrated. votes: (n,) weighted.
    win_rate: (n,) in [0, 1], NaN without votes. group: (n,) from 0, the largest first, -1 when unrated;
    groups cannot be compared. reason: None unless provisional. covariance: (n, n) of the ratings in points
    squared, for ranking.simultaneous_ranks in one group; NaN between groups and for the unrated.
    """

    rating: FloatArray
    lower: FloatArray
    upper: FloatArray
    rank: IntArray
    rank_best: IntArray
    rank_worst: IntArray
    votes: FloatArray
    win_rate: FloatArray
    group: IntArray
    status: tuple[Status, ...]
    reason: tuple[Reason | None, ...]
    covariance: FloatArray


@dataclass(frozen=True, eq=False)
class _Core:
    models: IntArray
    strengths: FloatArray
    dropped: dict[int, Reason]


@dataclass(frozen=True, eq=False)
class _Group:
    strengths: FloatArray
    covariance: FloatArray
    reasons: dict[int, Reason]


def standings(counts: PairCounts, *, confidence: float = CONFIDENCE, intervals: Method = Method.HC3) -> Standings:
    """The board. confidence: of every interval, in (0, 1); intervals: of the rated models.

    Raises BadConfidence; NotConverged where weights differ by a factor near 1e15.
    """
    n = len(counts)
    rating, shared = np.full(n, np.nan), np.full((n, n), np.nan)
    best, worst, group = np.zeros(n, np.int64), np.zeros(n, np.int64), np.full(n, -1, np.int64)
    reasons: dict[int, Reason] = {}
    for number, models in enumerate(bradley_terry.groups(counts)):
        found = _rate(counts.among(models), intervals)
        group[models] = number
        rating[models] = to_points(found.strengths)
        shared[np.ix_(models, models)] = width_in_points(width_in_points(found.covariance))
        width = half_widths(shared[np.ix_(models, models)], confidence=confidence)
        best[models], worst[models] = rank_range(rating[models] - width, rating[models] + width)
        reasons |= {int(models[index]): reason for index, reason in found.reasons.items()}
    return Standings(
        rating=rating,
        lower=rating - half_widths(shared, confidence=confidence),
        upper=rating + half_widths(shared, confidence=confidence),
        rank=best.copy(),
        rank_best=best,
        rank_worst=worst,
        votes=counts.votes,
        win_rate=counts.win_rate,
        group=group,
        status=tuple(_status(model, group, reasons=reasons) for model in range(n)),
        reason=tuple(reasons.get(model) for model in range(n)),
        covariance=shared,
    )


def _status(model: int, group: IntArray, *, reasons: dict[int, Reason]) -> Status:
    if group[model] < 0:
        return Status.UNRATED
    return Status.PROVISIONAL if model in reasons else Status.RATED


def _rate(counts: PairCounts, intervals: Method) -> _Group:
    core = _core(counts)
    strengths, shared = np.zeros(len(counts)), np.zeros((len(counts), len(counts)))
    strengths[core.models] = core.strengths
    inner = counts.among(core.models)
    shared[np.ix_(core.models, core.models)] = covariance(inner, core.strengths, method=intervals)
    is_core = np.isin(np.arange(len(counts)), core.models)
    newcomers = provisional.fit(counts, strengths, is_core=is_core)
    strengths[~is_core] = newcomers.strengths
    shared[np.ix_(~is_core, ~is_core)] = newcomers.covariance
    return _Group(strengths, shared, _reasons(counts, core, is_core=is_core))


def _core(counts: PairCounts) -> _Core:
    """The models that their votes alone rate, with an error that can be estimated.

    A model taken out for its residuals pulled nobody, so the others keep their maximum.
    """
    models, dropped = bradley_terry.core(counts), dict[int, Reason]()
    while True:
        inner = counts.among(models)
        strengths = bradley_terry.fit(inner)
        doubtful = _doubtful(inner, strengths)
        if not doubtful:
            return _Core(models, strengths, dropped)
        dropped |= {int(models[index]): reason for index, reason in doubtful.items()}
        kept = np.delete(models, list(doubtful))
        models = kept[bradley_terry.core(counts.among(kept))]


def _doubtful(counts: PairCounts, strengths: FloatArray) -> dict[int, Reason]:
    votes = counts.votes
    squares = residual_squares(counts, bradley_terry.win_probabilities(strengths)).sum(axis=1)
    silent = np.flatnonzero(squares <= votes * SMALLEST_RESIDUAL**2)
    few = np.flatnonzero(votes < FEWEST_VOTES)
    return dict.fromkeys(silent.tolist(), Reason.NO_RESIDUAL) | dict.fromkeys(few.tolist(), Reason.FEW_VOTES)


def _reasons(counts: PairCounts, core: _Core, *, is_core: BoolArray) -> dict[int, Reason]:
    score = counts.score
    reasons: dict[int, Reason] = {}
    for model in np.flatnonzero(~is_core).tolist():
        if not score[:, model].any():
            reasons[model] = Reason.UNDEFEATED
        elif not score[model].any():
            reasons[model] = Reason.WINLESS
        else:
            reasons[model] = core.dropped.get(model, Reason.OUTSIDE_CORE)
    return reasons
