"""The common case in one call: columns of names in, a leaderboard out."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ratings import clusters
from ratings.anchor import UnknownAnchor, anchored
from ratings.arrays import FloatArray, IntArray
from ratings.boards import POSITION, Leaderboard, board_of
from ratings.bootstrap import Progress
from ratings.comparisons import Comparisons
from ratings.counts import PairCounts
from ratings.elo import replay
from ratings.encoding import Name, NamedComparisons, encode, spelled, voters
from ratings.errors import LengthMismatch, RatingsError
from ratings.method import RatingMethod
from ratings.standings import Standings, standings_by
from ratings.style_control import StyleNotIdentified
from ratings.threads import bounded
from ratings.weighting import per_pair as pair_factors


def leaderboard(
    model_a: Any,
    model_b: Any,
    winner: Any,
    *,
    ties: str = "half",
    intervals: str = "",
    prior: str | None = "",
    confidence: float = 0.95,
    style: Mapping[str, npt.ArrayLike] | None = None,
    position: bool = False,
    anchor: tuple[Name, float] | None = None,
    per_pair: float | None = None,
    weight: npt.ArrayLike | None = None,
    score: Any = None,
    voter: Any = None,
    prompt: Any = None,
    elo: bool = False,
    seed: int = 0,
) -> Leaderboard:
    """Return the board of these votes; 400 points are odds of ten to one, around 1000.

    model_a, model_b: (votes,) names or integer codes; winner: (votes,) words of encoding.OUTCOMES or codes of
    Outcome; lists, NumPy arrays, Arrow or pandas columns. style: (votes,) numbers by name, side A minus side B.
    score: (votes,) points of side A in [0, 1], empty where the winner says them; then the winner may be None, or empty
    where the score says it.
    voter, prompt: (votes,) names or numbers; intervals then allow for likeness within a voter, a prompt, or both, and
    each vote of nobody (None, NaN, "") is a voter of its own. weight: (votes,) at least 0.
    prior: None for the plain maximum of the likelihood. elo: whether to replay online Elo in the order given. The other
    choices: RatingMethod.
    Raises RatingsError, as ratings.errors draws it.
    """
    style = style or {}
    method = RatingMethod(
        ties=ties,
        intervals=intervals,
        prior="none" if prior is None else prior,
        confidence=confidence,
        style=tuple(style),
        position=position,
        anchor=anchor,
        per_pair=per_pair,
        by_voter=voter is not None,
        by_prompt=prompt is not None,
        seed=seed,
    )
    named = encode(model_a, model_b, winner, weight=weight, score=score, features=_stacked(style))
    people, prompts = (None if way is None else voters(way, n_votes=len(named.votes)) for way in (voter, prompt))
    return rated(named, method, voter=people, prompt=prompts, elo=elo)


@bounded(lambda named: named.votes.n_models)
def rated(
    named: NamedComparisons,
    method: RatingMethod,
    *,
    voter: IntArray | None = None,
    prompt: IntArray | None = None,
    elo: bool = False,
    on_progress: Progress | None = None,
) -> Leaderboard:
    """Return the board of votes that are encoded already; otherwise as `leaderboard`.

    voter: from encoding.voters; on_progress: as in bootstrap.
    """
    counts = named.votes.fold()
    try:
        votes, weighted = _reweighted(named.votes, counts, method)
        clusters.require_two(named.votes, voter=voter, prompt=prompt)
        estimator = method.estimator(votes, voter=voter, prompt=prompt, on_progress=on_progress)
        board = standings_by(weighted, estimator, confidence=method.confidence)
    except StyleNotIdentified as error:
        name = POSITION if error.feature is None else method.style[error.feature]
        raise RatingsError(f"{name} {error.why}") from error
    if method.anchor is not None:
        board = _anchored(board, named.names, method.anchor, confidence=method.confidence)
    points = replay(named.votes) if elo else None
    nameless = 0 if voter is None else int((voter < 0).sum())
    return board_of(named, counts, board, method=method, elo=points, nameless=nameless)


def _reweighted(votes: Comparisons, counts: PairCounts, method: RatingMethod) -> tuple[Comparisons, PairCounts]:
    """Return the votes and counts with the weights per pair that the method asks for."""
    if method.per_pair is None:
        return votes, counts
    factors = pair_factors(counts, at_least=method.per_pair)
    if method.reads_votes:
        votes = votes.weighted(votes.weight * factors[votes.a, votes.b])
    return votes, counts.times(factors)


def _stacked(style: Mapping[str, npt.ArrayLike]) -> FloatArray | None:
    if not style:
        return None
    columns = [np.asarray(column, dtype=np.float64) for column in style.values()]
    if len({column.shape for column in columns}) > 1:
        raise LengthMismatch(min(len(column) for column in columns), [column.shape for column in columns])
    stacked = np.stack(columns, axis=1)
    stacked.setflags(write=False)
    return stacked


def _anchored(board: Standings, names: tuple[Name, ...], anchor: tuple[Name, float], *, confidence: float) -> Standings:
    name, points = spelled(anchor[0]), anchor[1]
    if name not in names:
        raise UnknownAnchor(f"{name!r} cannot anchor the board: no vote names it")
    return anchored(board, names.index(name), points, confidence=confidence)
