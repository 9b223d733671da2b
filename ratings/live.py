"""A board in memory that takes one vote at a time, without reading an old one."""

from dataclasses import dataclass, fields, replace

import numpy as np

from ratings.arrays import FloatArray, IntArray
from ratings.comparisons import SCORE_OF_A, Outcome
from ratings.counts import PairCounts
from ratings.errors import RatingsError
from ratings.intervals import CONFIDENCE, check_confidence, normal_quantile
from ratings.live_core import Core
from ratings.live_newcomers import Newcomers
from ratings.live_tally import Tally
from ratings.prior import Prior
from ratings.ranking import rank_range
from ratings.scale import to_log_odds, to_points
from ratings.standings import LARGEST_GROUP, Reason, Standings, Status, standings
from ratings.threads import one_thread

SMALL = 64  # rated models; up to here a refresh on every vote takes less than 1 ms
REFRESH_EVERY = 100
FARTHEST = 0.01  # log-odds, or share of a model's information


@dataclass(frozen=True, eq=False)
class LiveBoard:
    """One row per model, in the order of the counts, as in standings.Standings.

    rating, lower, upper: (n,) points, NaN when unrated. rank_best, rank_worst: (n,) from 1 in each group, 0 when
    unrated. group: (n,) from 0, -1 when unrated. is_refreshed: whether the bounds were computed from scratch.
    """

    rating: FloatArray
    lower: FloatArray
    upper: FloatArray
    rank_best: IntArray
    rank_worst: IntArray
    group: IntArray
    status: tuple[Status, ...]
    reason: tuple[Reason | None, ...]
    is_refreshed: bool

    def __post_init__(self) -> None:
        for array in (self.rating, self.lower, self.upper, self.rank_best, self.rank_worst, self.group):
            array.setflags(write=False)  # the next board starts from this one


class Live:
    """The board of standings.standings, half-win ties and HC3 intervals, after every vote.

    Exact always: ratings to 1e-9 points, who is rated and why not, groups. Exact where `is_refreshed`: the bounds.
    Elsewhere the bounds, and the ranks that hang on them, are followed to first order: off by less than 1e-4 of
    their width, and by 3e-7 with a million votes on 300 models (`python -m benchmarks.live`). `standings` is exact.

    refresh_every: votes, at least 1, between computations of the bounds from scratch; by default 1 up to 64 rated
    models and 100 beyond. A refresh comes earlier when some strength moved by 0.01 log-odds since the last, or a
    hundredth of a model's information is new. A vote that could change who is rated costs a whole fit: any of a
    model outside the largest group's core, one taken away that was somebody's last point, and every vote while a
    rated model never had a decided one or one is out for NO_RESIDUAL. With a prior every vote costs a whole fit, since
    it may change how likely each spread is; all is exact then. Raises what standings raises.
    """

    def __init__(
        self,
        counts: PairCounts,
        *,
        refresh_every: int | None = None,
        confidence: float = CONFIDENCE,
        prior: Prior | None = None,
    ) -> None:
        check_confidence(confidence)
        if refresh_every is not None and refresh_every < 1:
            raise RatingsError(f"refresh_every is {refresh_every}; it must be at least 1")
        counts.require_whole("a live board is")
        self._core: Core | None
        self._newcomers: Newcomers | None
        self._tally, self._asked, self._confidence, self._prior = Tally(counts), refresh_every, confidence, prior
        with one_thread(len(counts)):
            self._board = self._from_scratch()

    @property
    def board(self) -> LiveBoard:
        """The board after the last update."""
        return self._board

    @property
    def counts(self) -> PairCounts:
        """All votes until now, as a copy."""
        return self._tally.counts

    def standings(self) -> Standings:
        """Return the whole board, every bound exact, from a fit of its own."""
        return standings(self.counts, confidence=self._confidence, prior=self._prior)

    def update(self, a: int, b: int, outcome: Outcome, *, weight: float = 1.0) -> LiveBoard:
        """Count one vote more, or one less if the weight is negative, and return the board. a, b: indices of models.

        To reweigh a vote, take it away and cast it again. Raises IndexOutOfRange, SelfComparison, UnknownOutcome,
        BadWeight (not finite), VoteNotThere, or what standings raises, and then the board stays as it was.
        """
        before = self._tally.add(a, b, outcome=outcome, weight=weight)
        try:
            with one_thread(len(self._tally)):
                self._board = self._followed(a, b, outcome, weight=weight) or self._from_scratch()
        except RatingsError:
            self._tally.put(a, b, before)
            self._core = None
            raise
        return self._board

    def _from_scratch(self) -> LiveBoard:
        counts, self._core, self._newcomers = self._tally.counts, None, None
        board = standings(counts, confidence=self._confidence, prior=self._prior)
        self._members, rated = np.flatnonzero(board.group == LARGEST_GROUP), _rated(board)
        self._rated, self._place = rated, np.full(len(counts), -1)
        self._place[rated] = np.arange(len(rated))
        if self._prior is None and _can_be_followed(board, n_rated=len(rated)):
            self._free = np.setdiff1d(self._members, rated)
            self._newcomers = Newcomers(counts, newcomers=self._free, core=rated) if self._free.size else None
            self._core = self._refreshed(to_log_odds(board.rating[rated]))
        rows = {field.name: getattr(board, field.name) for field in fields(LiveBoard) if field.name != "is_refreshed"}
        return LiveBoard(**rows, is_refreshed=True)

    def _refreshed(self, strengths: FloatArray) -> Core:
        self._age = 0
        return Core(self._tally.counts.among(self._rated), strengths - strengths.mean())

    def _followed(self, a: int, b: int, outcome: Outcome, *, weight: float) -> LiveBoard | None:
        """Return the board if the vote leaves every model as rated as it was; None if only a fit can tell."""
        core, i, j = self._core, int(self._place[a]), int(self._place[b])
        if core is None or min(i, j) < 0:
            return None
        score, pair = float(SCORE_OF_A[outcome]), self._tally.of_pair(a, b)
        arrived = core.add(i, j, score=score, weight=weight, is_decided=outcome < Outcome.TIE, pair=pair)
        if not arrived or core.is_doubtful:
            return None
        self._age += 1
        if self._age >= self._refresh_every or core.distance > FARTHEST:
            core = self._core = self._refreshed(core.strengths)
        return self._drawn(core)

    @property
    def _refresh_every(self) -> int:
        return self._asked or (1 if len(self._rated) <= SMALL else REFRESH_EVERY)

    def _drawn(self, core: Core) -> LiveBoard:
        """Return the last board with the rows of the largest group as they are now."""
        rating, lower, upper = self._board.rating.copy(), self._board.lower.copy(), self._board.upper.copy()
        best, worst = self._board.rank_best.copy(), self._board.rank_worst.copy()
        estimates = [(self._rated, core.strengths, core.variances())]
        if self._newcomers is not None:
            fitted = self._newcomers.fit(core.strengths)
            estimates.append((self._free, fitted.strengths, fitted.covariance.diagonal()))
        for models, strengths, variances in estimates:
            width = normal_quantile(self._confidence) * np.sqrt(np.maximum(variances, 0.0))
            rating[models] = to_points(strengths)
            lower[models], upper[models] = to_points(strengths - width), to_points(strengths + width)
        best[self._members], worst[self._members] = rank_range(lower[self._members], upper[self._members])
        return replace(
            self._board,
            rating=rating,
            lower=lower,
            upper=upper,
            rank_best=best,
            rank_worst=worst,
            is_refreshed=self._age == 0,
        )


def _rated(board: Standings) -> IntArray:
    """Return the models of the largest group that their votes alone rate."""
    rated = [model for model in np.flatnonzero(board.group == LARGEST_GROUP) if board.status[model] is Status.RATED]
    return np.array(rated, dtype=np.int64)


def _can_be_followed(board: Standings, *, n_rated: int) -> bool:
    """Return whether votes among the rated can change neither the order of the groups nor the choice of the core.

    With a second group as large, or a second half of this one, the number of votes decides. A model taken out
    because all came out as expected may come back as soon as one of its opponents moves.
    """
    sizes = np.bincount(board.group[board.group >= 0], minlength=2)
    n_members, rival = int(sizes[0]), int(sizes[1])
    return n_rated > 1 and 2 * n_rated > n_members > rival and Reason.NO_RESIDUAL not in board.reason
