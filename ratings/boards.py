"""Columns of names in, a leaderboard out: the common case in one call."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ratings.anchor import UnknownAnchor, anchored
from ratings.arrays import FloatArray, IntArray
from ratings.comparisons import Comparisons
from ratings.counts import PairCounts
from ratings.elo import replay
from ratings.encoding import Name, NamedComparisons, encode
from ratings.errors import LengthMismatch
from ratings.estimators import Estimator
from ratings.method import RatingMethod
from ratings.ranking import rank_range, simultaneous_ranks
from ratings.standings import Standings, Status, standings_by
from ratings.weighting import per_pair as pair_factors


@dataclass(frozen=True)
class Row:
    """One model, in points. Bounds are NaN and the simultaneous rank None where no intervals were asked for.

    rank: from 1 within the component, by overlap of the intervals; rank_simultaneous: by all differences at once.
    votes: weighted. both_bad_rate: share of its votes that called both answers bad. elo: None unless asked for.
    flags: "provisional" and the Reason, "not_comparable" outside the largest component.
    """

    model: Name
    rating: float
    lower: float
    upper: float
    rank: int
    rank_simultaneous: int | None
    votes: float
    win_rate: float
    both_bad_rate: float
    elo: float | None
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Leaderboard:
    """rows: the best first, component by component. components: the models that votes connect, the largest first."""

    rows: tuple[Row, ...]
    method: RatingMethod
    votes: float
    components: tuple[tuple[Name, ...], ...]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, model: Name) -> Row:
        """The model's row. Raises KeyError."""
        return {row.model: row for row in self.rows}[model]


def leaderboard(
    model_a: Any,
    model_b: Any,
    winner: Any,
    *,
    ties: str = "half",
    intervals: str = "",
    confidence: float = 0.95,
    style: Mapping[str, npt.ArrayLike] | None = None,
    position: bool = False,
    anchor: tuple[Name, float] | None = None,
    per_pair: float | None = None,
    weight: npt.ArrayLike | None = None,
    voter: npt.ArrayLike | None = None,
    elo: bool = False,
    seed: int = 0,
) -> Leaderboard:
    """The board of these votes, 400 points for odds of ten to one around 1000.

    model_a, model_b: (votes,) names or integer codes; winner: (votes,) words of encoding.OUTCOMES or codes of
    Outcome; lists, NumPy arrays, Arrow or pandas columns. style: (votes,) numbers by name, side A minus side B.
    voter: (votes,) whole numbers; intervals then allow for likeness within a voter. weight: (votes,) at least 0.
    elo: whether to replay online Elo in the order given. The other choices: RatingMethod.
    Raises RatingsError, as ratings.errors draws it.
    """
    style = style or {}
    method = RatingMethod(
        ties=ties,
        intervals=intervals,
        confidence=confidence,
        style=tuple(style),
        position=position,
        anchor=anchor,
        per_pair=per_pair,
        by_voter=voter is not None,
        seed=seed,
    )
    named = encode(model_a, model_b, winner, weight=weight, features=_stacked(style))
    voters = None if voter is None else np.asarray(voter)
    return rated(named, method, voter=voters, elo=elo)


def rated(
    named: NamedComparisons, method: RatingMethod, *, voter: IntArray | None = None, elo: bool = False
) -> Leaderboard:
    """The board of votes that are encoded already; otherwise as `leaderboard`."""
    counts = named.votes.fold()
    board = standings_by(*_asked(named.votes, counts, method, voter), confidence=method.confidence)
    if method.anchor is not None:
        board = _anchored(board, named.names, method)
    return Leaderboard(
        rows=tuple(_rows(board, counts, named, method, replay(named.votes) if elo else None)),
        method=method,
        votes=float(named.votes.weight.sum()),
        components=_components(board, named.names),
    )


def _asked(
    votes: Comparisons, counts: PairCounts, method: RatingMethod, voter: IntArray | None
) -> tuple[PairCounts, Estimator]:
    """The counts and the estimator, both of votes reweighted per pair if the method says so."""
    if method.per_pair is not None:
        factors = pair_factors(counts, at_least=method.per_pair)
        counts = counts.times(factors)
        if method.reads_votes:
            votes = votes.weighted(votes.weight * factors[votes.a, votes.b])
    return counts, method.estimator(votes, voter)


def _stacked(style: Mapping[str, npt.ArrayLike]) -> FloatArray | None:
    if not style:
        return None
    columns = [np.asarray(column, dtype=np.float64) for column in style.values()]
    if len({column.shape for column in columns}) > 1:
        raise LengthMismatch(min(len(column) for column in columns), [column.shape for column in columns])
    return np.stack(columns, axis=1)


def _anchored(board: Standings, names: tuple[Name, ...], method: RatingMethod) -> Standings:
    assert method.anchor is not None
    name, points = method.anchor
    if name not in names:
        raise UnknownAnchor(f"{name!r} cannot anchor the board: no vote names it")
    return anchored(board, names.index(name), points, confidence=method.confidence)


def _rows(
    board: Standings, counts: PairCounts, named: NamedComparisons, method: RatingMethod, points: FloatArray | None
) -> Iterator[Row]:
    rank, simultaneous = _ranks(board, method)
    lower, upper = (board.lower, board.upper) if method.intervals != "none" else np.full((2, len(counts)), np.nan)
    votes, win_rate, both_bad = counts.votes.tolist(), counts.win_rate.tolist(), counts.both_bad_rate.tolist()
    for i in np.lexsort((-np.nan_to_num(board.rating, nan=-np.inf), board.group % (len(counts) + 1))).tolist():
        yield Row(
            model=named.names[i],
            rating=float(board.rating[i]),
            lower=float(lower[i]),
            upper=float(upper[i]),
            rank=int(rank[i]),
            rank_simultaneous=None if simultaneous is None else int(simultaneous[i]),
            votes=votes[i],
            win_rate=win_rate[i],
            both_bad_rate=both_bad[i],
            elo=None if points is None else float(points[i]),
            flags=_flags(board, i),
        )


def _ranks(board: Standings, method: RatingMethod) -> tuple[IntArray, IntArray | None]:
    """By overlap and by all differences at once, (n,) each; without intervals by the ratings, and None."""
    by_overlap, simultaneous = board.rank.copy(), np.zeros_like(board.rank)
    for group in range(board.group.max(initial=-1) + 1):
        models = np.flatnonzero(board.group == group)
        rating = board.rating[models]
        if method.intervals == "none":
            by_overlap[models] = rank_range(rating, rating)[0]
        else:
            covariance = board.covariance[np.ix_(models, models)]
            simultaneous[models] = simultaneous_ranks(rating, covariance, confidence=method.confidence)[0]
    return by_overlap, None if method.intervals == "none" else simultaneous


def _flags(board: Standings, model: int) -> tuple[str, ...]:
    said = {Status.PROVISIONAL: "provisional", Status.UNRATED: "unrated"}
    found = (said.get(board.status[model]), board.reason[model], "not_comparable" if board.group[model] > 0 else None)
    return tuple(str(flag) for flag in found if flag is not None)


def _components(board: Standings, names: tuple[Name, ...]) -> tuple[tuple[Name, ...], ...]:
    groups = range(board.group.max(initial=-1) + 1)
    return tuple(tuple(names[i] for i in np.flatnonzero(board.group == group)) for group in groups)
