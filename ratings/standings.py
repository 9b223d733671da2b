"""The whole board from the counts: who is rated, who provisionally, who not at all, and where."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ratings import bradley_terry, provisional
from ratings.arrays import FloatArray, IntArray
from ratings.contrasts import Contrasts
from ratings.counts import PairCounts
from ratings.estimators import Estimator, OfRated, Shrinking, half_win
from ratings.intervals import CONFIDENCE, Method, check_confidence, residual_squares
from ratings.prior import Prior
from ratings.ranking import chances_above_next, rank_range, simultaneous_ranks
from ratings.scale import POINTS_PER_LOG_ODD, to_points
from ratings.style_control import StyleFit
from ratings.threads import bounded
from ratings.weighting import without_dust

MIN_VOTES = 2
MIN_RESIDUAL = 1e-9  # root mean square over a model's votes; below it is rounding
#: Groups are numbered by size: no group of a board has more models than this one.
LARGEST_GROUP = 0


class Status(StrEnum):
    """RATED, as its votes alone could rate it; PROVISIONAL, for they could not; or UNRATED, without votes."""

    RATED = "rated"
    PROVISIONAL = "provisional"
    UNRATED = "unrated"


class Reason(StrEnum):
    """The reason why a rating is provisional."""

    UNDEFEATED = "undefeated"  # nobody took a point from it
    WINLESS = "winless"  # it took a point from nobody
    FEW_VOTES = "few_votes"  # fewer than two votes with the core
    NO_RESIDUAL = "no_residual"  # without a prior: every vote came out exactly as expected, which shows no error
    OUTSIDE_CORE = "outside_core"  # no points both ways, even through rated models, with a core


@dataclass(frozen=True, eq=False)
class Standings:
    """One row per model, in the order of the counts.

    rating, lower, upper: (n,) points, around 1000 in each group, NaN when unrated.
    rank, rank_best, rank_worst: (n,) from 1 in each group, 0 when unrated. votes: (n,) weighted.
    win_rate, both_bad_rate: (n,) in [0, 1], NaN without votes. group: (n,) from 0, the largest first, -1 when unrated;
    groups cannot be compared. reason: None unless provisional. errors: by group, of its ratings and their differences,
    in points and in the order of its models here.
    styles: the fits that freed ratings from style, by group, where one did.
    """

    rating: FloatArray
    lower: FloatArray
    upper: FloatArray
    rank: IntArray
    rank_best: IntArray
    rank_worst: IntArray
    votes: FloatArray
    win_rate: FloatArray
    both_bad_rate: FloatArray
    group: IntArray
    status: tuple[Status, ...]
    reason: tuple[Reason | None, ...]
    errors: tuple[Contrasts, ...]
    styles: tuple[StyleFit, ...] = ()

    @property
    def design_factors(self) -> FloatArray:
        """Each interval as a multiple of the one for independent votes, (n,); NaN for the unrated.

        The root of Kish's design effect (1965). 1 where votes were taken for independent.
        """
        factors = np.full(len(self.rating), np.nan)
        for number, errors in enumerate(self.errors):
            factors[self.group == number] = errors.design_factors
        return factors

    @property
    def covariance(self) -> FloatArray:
        """Of the ratings in points squared, (n, n); NaN between groups and for the unrated."""
        shared = np.full((len(self.rating), len(self.rating)), np.nan)
        for number, errors in enumerate(self.errors):
            models = np.flatnonzero(self.group == number)
            shared[np.ix_(models, models)] = errors.covariance
        return shared


@dataclass(frozen=True, eq=False)
class _Core:
    models: IntArray
    strengths: FloatArray
    dropped: dict[int, Reason]


@dataclass(frozen=True, eq=False)
class _Group:
    strengths: FloatArray
    errors: Contrasts
    lower: FloatArray
    upper: FloatArray
    reasons: dict[int, Reason]
    style: StyleFit | None


def standings(
    counts: PairCounts,
    *,
    confidence: float = CONFIDENCE,
    intervals: Method = Method.HC3,
    design_factors: FloatArray | None = None,
    prior: Prior | None = None,
) -> Standings:
    """Return the board with a tie as half a win.

    confidence: of every interval, in (0, 1); intervals: of the rated models; design_factors: as in estimators.half_win.
    prior: on all strengths, such as ratings.prior.NORMAL; None: the maximum of the likelihood, and for whom it has none
    ratings.provisional. Raises BadConfidence; NotConverged beyond double precision.
    """
    return standings_by(counts, half_win(intervals, design_factors=design_factors, prior=prior), confidence=confidence)


@bounded(len)
def standings_by(counts: PairCounts, estimate: Estimator, *, confidence: float = CONFIDENCE) -> Standings:
    """Return the board whose rated models have their strengths and errors from an estimator.

    estimate: one of ratings.estimators. Who can be rated at all is asked of the half-win fit, whatever the estimator.
    With a prior it rates all models of a group, around their mean, and those whose votes alone could not rate them are
    PROVISIONAL all the same. Raises what it raises, too.
    """
    check_confidence(confidence)
    n = len(counts)
    rating, lower, upper = np.full((3, n), np.nan)
    errors: list[Contrasts] = []
    best, worst, group = np.zeros(n, np.int64), np.zeros(n, np.int64), np.full(n, -1, np.int64)
    reasons: dict[int, Reason] = {}
    styles: list[StyleFit] = []
    heavy = without_dust(counts)
    for number, models in enumerate(bradley_terry.groups(heavy)):
        rated = _rate(heavy.among(models), estimate, models, confidence=confidence)
        group[models] = number
        rating[models], lower[models], upper[models] = map(to_points, (rated.strengths, rated.lower, rated.upper))
        errors.append(rated.errors.times(POINTS_PER_LOG_ODD))
        best[models], worst[models] = rank_range(lower[models], upper[models])
        reasons |= {int(models[index]): reason for index, reason in rated.reasons.items()}
        styles += [rated.style] if rated.style is not None else []
    return Standings(
        rating=rating,
        lower=lower,
        upper=upper,
        rank=best.copy(),
        rank_best=best,
        rank_worst=worst,
        votes=counts.votes,
        win_rate=counts.win_rate,
        both_bad_rate=counts.both_bad_rate,
        group=group,
        status=tuple(_status(model, group, reasons=reasons) for model in range(n)),
        reason=tuple(reasons.get(model) for model in range(n)),
        errors=tuple(errors),
        styles=tuple(styles),
    )


@dataclass(frozen=True, eq=False)
class Certainty:
    """The firmness of places by the differences within a group, (n,) each, in the order of the standings.

    rank_simultaneous: from 1 in each group, as ranking.simultaneous_ranks has it, 0 when unrated. above_next: the
    chance to be stronger than the next weaker model of the group, NaN for the weakest and the unrated.
    """

    rank_simultaneous: IntArray
    above_next: FloatArray


def certainty(board: Standings, *, confidence: float = CONFIDENCE) -> Certainty:
    """Return how firm the places of the board are. Raises BadConfidence."""
    ranks, above = np.zeros(len(board.rating), np.int64), np.full(len(board.rating), np.nan)
    for group in range(board.group.max(initial=-1) + 1):
        models = np.flatnonzero(board.group == group)
        rating, errors = board.rating[models], board.errors[group]
        ranks[models] = simultaneous_ranks(rating, errors, confidence=confidence)[0]
        above[models] = chances_above_next(rating, errors)
    return Certainty(ranks, above)


def largest_group(groups: Iterable[int]) -> int:
    """Return the group that most of some models of a board are in, the lower number of equals; LARGEST_GROUP of none.

    groups: that of each of these models. For a whole board, LARGEST_GROUP is the answer.
    """
    sizes = Counter(groups)
    return min(sizes, key=lambda group: (-sizes[group], group), default=LARGEST_GROUP)


def _status(model: int, group: IntArray, *, reasons: dict[int, Reason]) -> Status:
    if group[model] < 0:
        return Status.UNRATED
    return Status.PROVISIONAL if model in reasons else Status.RATED


def _rate(counts: PairCounts, estimate: Estimator, models: IntArray, *, confidence: float) -> _Group:
    if isinstance(estimate, Shrinking):
        return _rate_all(counts, estimate, models, confidence=confidence)
    return _rate_core(counts, estimate, models, confidence=confidence)


def _rate_all(counts: PairCounts, estimate: Shrinking, models: IntArray, *, confidence: float) -> _Group:
    estimated = estimate.estimate(counts, models)
    width = estimated.errors.half_widths(confidence=confidence)
    lower, upper = estimated.strengths - width, estimated.strengths + width
    reasons = _reasons(counts, _known_by_votes(counts))
    return _Group(estimated.strengths, estimated.errors, lower, upper, reasons, estimated.style)


def _rate_core(counts: PairCounts, estimate: OfRated, models: IntArray, *, confidence: float) -> _Group:
    core = _core(counts)
    is_core = np.isin(np.arange(len(counts)), core.models)
    estimated = estimate(counts.among(core.models), core.strengths, models[core.models])
    strengths = np.zeros(len(counts))
    strengths[core.models] = estimated.strengths
    newcomers = provisional.fit(counts, strengths, is_core=is_core)
    strengths[~is_core] = newcomers.strengths
    errors = estimated.errors.beside(newcomers.covariance, is_first=is_core)
    width = errors.half_widths(confidence=confidence)
    lower, upper = strengths - width, strengths + width
    if estimated.bounds is not None:
        lower[core.models], upper[core.models] = estimated.bounds
    return _Group(strengths, errors, lower, upper, _reasons(counts, core), estimated.style)


def _core(counts: PairCounts) -> _Core:
    """Return the models that can be rated by their votes alone, with an error that can be estimated.

    A model taken out for its residuals pulled nobody, so the others keep their maximum. Whose votes weigh less than a
    single one goes before the fit, which the tiny weights of years ago could spoil.
    """
    models, dropped = bradley_terry.core(counts), dict[int, Reason]()
    while True:
        inner = counts.among(models)
        if (faint := np.flatnonzero(inner.votes < 1)).size:
            dropped |= dict.fromkeys(models[faint].tolist(), Reason.FEW_VOTES)
            models = _core_without(counts, models, faint)
            continue
        strengths = bradley_terry.fit(inner)
        doubtful = _doubtful(inner, strengths)
        if not doubtful:
            return _Core(models, strengths, dropped)
        dropped |= {int(models[index]): reason for index, reason in doubtful.items()}
        models = _core_without(counts, models, np.array(list(doubtful)))


def _known_by_votes(counts: PairCounts) -> _Core:
    """Return the models that have a finite strength and at least two votes by these models alone; not the strengths."""
    models, dropped = bradley_terry.core(counts), dict[int, Reason]()
    while (few := np.flatnonzero(counts.among(models).votes < MIN_VOTES)).size:
        dropped |= dict.fromkeys(models[few].tolist(), Reason.FEW_VOTES)
        models = _core_without(counts, models, few)
    return _Core(models, np.zeros(len(models)), dropped)


def _core_without(counts: PairCounts, models: IntArray, out: IntArray) -> IntArray:
    """Return the core of these models without some. out: their places among the models."""
    rest = np.delete(models, out)
    core: IntArray = rest[bradley_terry.core(counts.among(rest))]
    return core


def _doubtful(counts: PairCounts, strengths: FloatArray) -> dict[int, Reason]:
    votes = counts.votes
    squares = residual_squares(counts, bradley_terry.win_probabilities(strengths)).sum(axis=1)
    silent = np.flatnonzero(squares <= votes * MIN_RESIDUAL**2)
    few = np.flatnonzero(votes < MIN_VOTES)
    return dict.fromkeys(silent.tolist(), Reason.NO_RESIDUAL) | dict.fromkeys(few.tolist(), Reason.FEW_VOTES)


def _reasons(counts: PairCounts, core: _Core) -> dict[int, Reason]:
    score = counts.score
    reasons: dict[int, Reason] = {}
    for model in np.setdiff1d(np.arange(len(counts)), core.models).tolist():
        if not score[:, model].any():
            reasons[model] = Reason.UNDEFEATED
        elif not score[model].any():
            reasons[model] = Reason.WINLESS
        else:
            reasons[model] = core.dropped.get(model, Reason.OUTSIDE_CORE)
    return reasons
