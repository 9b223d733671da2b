"""A leaderboard with names: rows, components, and what style is worth."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ratings.arrays import FloatArray, IntArray
from ratings.counts import PairCounts
from ratings.encoding import Name, NamedComparisons
from ratings.intervals import CONFIDENCE
from ratings.method import RatingMethod
from ratings.ranking import rank_range
from ratings.scale import width_in_points
from ratings.standings import LARGEST_GROUP, Standings, Status, certainty
from ratings.style_control import StyleFit

POSITION = "position"


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
class Coefficient:
    """The worth, in points, of a root mean square more of a feature than the rival has.

    scale: that root mean square, in the feature's unit. The coefficient named "position" is that of the side: what
    sitting on side A is worth; its scale is 1.
    """

    name: str
    points: float
    lower: float
    upper: float
    scale: float


@dataclass(frozen=True)
class Leaderboard:
    """The rated models by name, with the method and what style is worth.

    rows: the best first, component by component. components: the models that votes connect, the largest first.
    style: the coefficients of the largest component, where style was controlled for. nameless: the votes of nobody
    known, each a voter of its own, where intervals are by voter.
    """

    rows: tuple[Row, ...]
    method: RatingMethod
    votes: float
    components: tuple[tuple[Name, ...], ...]
    style: tuple[Coefficient, ...] = ()
    nameless: int = 0

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, model: Name) -> Row:
        """Return the model's row. Raises KeyError."""
        return {row.model: row for row in self.rows}[model]


def board_of(
    named: NamedComparisons,
    counts: PairCounts,
    standings: Standings,
    *,
    method: RatingMethod,
    elo: FloatArray | None,
    nameless: int = 0,
) -> Leaderboard:
    """Return the standings with names.

    counts: of the votes as cast, before any reweighting; elo: (n,) points, or None.
    """
    return Leaderboard(
        rows=tuple(_rows(standings, counts, named, method, elo)),
        method=method,
        votes=float(named.votes.weight.sum()),
        components=_components(standings, named.names),
        style=tuple(coefficients(standings.styles[0], list(method.style), confidence=method.confidence))
        if standings.styles
        else (),
        nameless=nameless,
    )


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
    """Return the ranks (n,) by overlap and those by all differences at once (n,).

    Without intervals, the first go by the ratings and the second are None.
    """
    if method.intervals != "none":
        return board.rank, certainty(board, confidence=method.confidence).rank_simultaneous
    by_overlap = board.rank.copy()
    for group in range(board.group.max(initial=-1) + 1):
        models = np.flatnonzero(board.group == group)
        by_overlap[models] = rank_range(board.rating[models], board.rating[models])[0]
    return by_overlap, None


def _flags(board: Standings, model: int) -> tuple[str, ...]:
    words = {Status.PROVISIONAL: "provisional", Status.UNRATED: "unrated"}
    is_apart = board.group[model] > LARGEST_GROUP
    flags = (words.get(board.status[model]), board.reason[model], "not_comparable" if is_apart else None)
    return tuple(str(flag) for flag in flags if flag is not None)


def _components(board: Standings, names: tuple[Name, ...]) -> tuple[tuple[Name, ...], ...]:
    groups = range(board.group.max(initial=-1) + 1)
    return tuple(tuple(names[i] for i in np.flatnonzero(board.group == group)) for group in groups)


def coefficients(style: StyleFit, names: Sequence[str], *, confidence: float = CONFIDENCE) -> Iterator[Coefficient]:
    """Yield what each feature is worth, then the side if the fit has it. names: of the features."""
    log_odds, scales = style.coefficients.tolist(), style.scales.tolist()
    widths = style.coefficient_half_widths(confidence=confidence).tolist()
    if style.position is not None:
        names, log_odds, scales = [*names, POSITION], [*log_odds, style.position], [*scales, 1.0]
        widths.append(style.position_half_width(confidence=confidence))
    for name, points, width, scale in zip(names, *map(_in_points, (log_odds, widths)), scales, strict=True):
        yield Coefficient(name, points, points - width, points + width, scale)


def _in_points(log_odds: Sequence[float]) -> list[float]:
    points: list[float] = width_in_points(np.array(log_odds)).tolist()
    return points
