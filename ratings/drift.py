"""Did a model change? Whether its early votes and its late ones speak of the same strength.

The residuals of a model's votes, in the order of the votes, add up to nothing at the end. On the way their sum wanders;
further than chance would have it where the strength was another one before some moment than after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from ratings.arrays import FloatArray, IntArray
from ratings.comparisons import Comparisons
from ratings.scale import POINTS_PER_LOG_ODD

#: Moments at which a change is looked for, as shares of what the votes tell; too near an end nothing could be seen.
MOMENTS = np.linspace(0.1, 0.9, 17)
#: Of one model; and the chance that any model of a board is marked without a change.
FEWEST_VOTES, FEWEST_VOTERS, RISK = 40, 6, 0.02
#: So many draws allow to tell one changed model among two hundred.
DRAWS, MOST_GROUPS = 9999, 200


@dataclass(frozen=True)
class Change:
    """What a model's votes tell of a change.

    doubt: the chance of sums that wander so far without one. row: of the first vote after the likeliest moment;
    points: by how much the rating is higher from there on.
    """

    doubt: float
    row: int
    points: float


def changes(
    votes: Comparisons, strengths: FloatArray, *, voter: IntArray | None = None, seed: int = 0
) -> list[Change | None]:
    """Return the likeliest change of each model, None for whom there are too few votes or voters to see one.

    votes: in the order in which they were cast; strengths: (n,) in log-odds, fitted to them; voter: (votes,) whole
    numbers, equal for one person's votes, whose likeness is then no change. The same seed gives the same doubts.
    Source: the cumulated scores of Hjort and Koning (2002), as Strobl, Wickelmaier and Zeileis (2011) test a
    Bradley-Terry model; doubts by signs drawn for each voter (Cameron, Gelbach and Miller, 2008).
    """
    gap = strengths[votes.a] - strengths[votes.b]
    chance = expit(gap)
    pull, weight = votes.weight * (votes.score - chance), votes.weight * chance * (1 - chance)
    voter = np.arange(len(votes)) if voter is None else voter
    found: list[Change | None] = []
    for model in range(votes.n_models):
        rows = np.flatnonzero(((votes.a == model) | (votes.b == model)) & (votes.weight > 0))
        signed = np.where(votes.a[rows] == model, pull[rows], -pull[rows])
        found.append(_change(rows, signed, weight[rows], voter[rows], np.random.default_rng([seed, model])))
    return found


def marked(found: Sequence[Change | None], *, risk: float = RISK) -> list[bool]:
    """Return whom a change is believed of: with this risk at most that any of them has none, by Holm (1979)."""
    doubts = sorted(change.doubt for change in found if change is not None)
    passed = [doubt for place, doubt in enumerate(doubts) if doubt <= risk / (len(doubts) - place)]
    n_believed = next((place for place, doubt in enumerate(doubts) if doubt not in passed), len(doubts))
    limit = doubts[n_believed - 1] if n_believed else -1.0
    return [change is not None and change.doubt <= limit for change in found]


def _change(
    rows: IntArray, pull: FloatArray, weight: FloatArray, voter: IntArray, rng: np.random.Generator
) -> Change | None:
    people, group = np.unique(voter, return_inverse=True)
    if len(rows) < FEWEST_VOTES or len(people) < FEWEST_VOTERS or weight.sum() <= 0:
        return None
    if len(people) > MOST_GROUPS:  # people apart stay so, and fewer signs need to be drawn
        group = rng.permutation(len(people))[group] % MOST_GROUPS
    told = np.cumsum(weight) / weight.sum()
    ends = np.searchsorted(told, MOMENTS) + 1
    parts = _parts(pull, group, ends) - np.outer(np.bincount(group, pull), told[ends - 1])
    scale = np.sqrt(told[ends - 1] * (1 - told[ends - 1]))
    sums = parts.sum(axis=0) / scale
    signs = 2.0 * rng.integers(0, 2, (DRAWS, len(parts)), dtype=np.int8) - 1.0
    drawn = np.abs(signs @ (parts / scale)).max(axis=1)
    best = int(np.argmax(np.abs(sums)))
    doubt = (1 + int((drawn >= np.abs(sums[best])).sum())) / (1 + DRAWS)
    return Change(doubt, int(rows[min(ends[best], len(rows) - 1)]), _points(pull, weight, int(ends[best])))


def _parts(pull: FloatArray, group: IntArray, ends: IntArray) -> FloatArray:
    """Return the sum of each group's pulls before each end, (groups, moments)."""
    moment = np.searchsorted(ends, np.arange(len(pull)), side="right")
    table = np.zeros((int(group.max()) + 1, len(ends) + 1))
    np.add.at(table, (group, moment), pull)
    sums: FloatArray = np.cumsum(table, axis=1)[:, :-1]
    return sums


def _points(pull: FloatArray, weight: FloatArray, end: int) -> float:
    """Return by how much the rating is higher after the end than before it, by one Newton step each."""
    after, before = (float(pull[part].sum() / weight[part].sum()) for part in (slice(end, None), slice(end)))
    return POINTS_PER_LOG_ODD * (after - before)
