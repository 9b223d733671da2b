"""May the candidate replace the baseline? A verdict that may be asked for after every vote, and what more votes bring.

Better and worse mean by more than a margin that was set beforehand; practically equal means within it.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from math import isfinite

import numpy as np
from scipy.special import stdtrit

from ratings import bradley_terry, clusters
from ratings.anytime import Error, Gap, gap_between, widening
from ratings.arrays import BoolArray, FloatArray, IntArray
from ratings.comparisons import Comparisons, Outcome
from ratings.contrasts import MANY
from ratings.counts import PairCounts
from ratings.errors import RatingsError
from ratings.estimators import clustered, half_win
from ratings.intervals import CONFIDENCE, Method
from ratings.standings import Standings, Status, standings, standings_by
from ratings.unvoted import with_wins
from ratings.weighting import without_dust

MARGIN = 20.0  # points: a chance to win of 53% is all that a difference of them brings
MORE_VOTES = 200
#: Standard deviation of the gaps between models that people care to compare, in points: two models of a usual arena.
USUAL_GAP = 150.0
DRAWS, LOOKS = 4000, 40


class BadMargin(RatingsError):
    """A margin that is negative or not a number."""


class Verdict(StrEnum):
    """The answer. BETTER, WORSE: the first model of a gap, by more than the margin; EQUAL: within it, either way."""

    BETTER = "better"
    WORSE = "worse"
    EQUAL = "practically equal"
    UNDECIDED = "not decided"


@dataclass(frozen=True)
class Decision:
    """A verdict on a candidate and a baseline, and what it rests on.

    gap: None where no votes connect the two, or none rate both. chance: that a verdict falls with `more` votes between
    the two by the same people, and by new ones; None where it has fallen or they are too few. votes, between: all votes
    and those between the two alone, weighted. is_one_sided: one of the two never lost a point, or never took one, so
    that one vote more each way was added. speakers: what gap.clusters counts, in words.
    """

    verdict: Verdict
    margin: float
    more: int
    votes: float
    between: float
    gap: Gap | None = None
    chance: float | None = None
    chance_by_new_people: float | None = None
    is_one_sided: bool = False
    speakers: str = ""

    @property
    def is_not_worse(self) -> bool:
        """Whether the candidate is behind by less than the margin, if at all, as far as the band tells."""
        if self.gap is None or self.gap.is_of_few:
            return False
        return self.gap.points - self.gap.watched() > -self.margin


def verdict(gap: Gap, *, margin: float, confidence: float = CONFIDENCE) -> Verdict:
    """Return the verdict on the first model of the gap. margin: in points. Raises BadMargin, BadConfidence.

    A truth of at most the margin is called better, looked at as often as one likes, with half the risk that the
    confidence leaves; never where fewer than FEWEST_CLUSTERS people speak of it.
    """
    check_margin(margin)
    if gap.is_of_few:
        return Verdict.UNDECIDED
    width = np.array([gap.watched(confidence=confidence)])
    for found, holds in verdicts(np.array([gap.points]), width, margin=margin).items():
        if holds[0]:
            return found
    return Verdict.UNDECIDED


def verdicts(points: FloatArray, widths: FloatArray, *, margin: float) -> dict[Verdict, BoolArray]:
    """Return for each verdict but UNDECIDED whether it falls, in the shape of the points.

    points: gaps; widths: of their bands, on each side.
    """
    return {
        Verdict.BETTER: points - widths > margin,
        Verdict.WORSE: points + widths < -margin,
        Verdict.EQUAL: np.abs(points) + widths < margin,
    }


def forecast(
    gap: Gap,
    *,
    margin: float,
    more: int = MORE_VOTES,
    by_new_people: bool = False,
    confidence: float = CONFIDENCE,
    seed: int = 0,
) -> float:
    """Return the chance that some verdict falls by the time of so many more votes between the two, in [0, 1].

    They are of the same people, so that what those do not know of others stays; or by_new_people, on new prompts, who
    are as alike as those so far. Simulated from the posterior of the gap under a normal prior of standard deviation
    USUAL_GAP; the same seed gives the same chance. Raises BadMargin.
    """
    check_margin(margin)
    if gap.is_of_few or more < 1 or gap.errors[0].deviation <= 0:
        return 0.0
    ahead = _Ahead(gap, np.linspace(more / LOOKS, more, LOOKS), by_new_people)
    widths = ahead.widths(confidence=confidence)
    fallen = np.any(list(verdicts(ahead.paths(np.random.default_rng(seed)), widths, margin=margin).values()), axis=0)
    return float(fallen.any(axis=1).mean())


def check_margin(margin: float) -> None:
    """Raise BadMargin unless the margin is at least 0 and finite."""
    if not (isfinite(margin) and margin >= 0):
        raise BadMargin(f"the margin is {margin:g}; it must be at least 0 points")


@dataclass(frozen=True, eq=False)
class _Ahead:
    """A gap and the numbers of more votes (LOOKS,) after which it is looked at."""

    gap: Gap
    votes: FloatArray
    by_new_people: bool

    @property
    def known(self) -> float:
        """The information on the gap that more votes add to."""
        deviations = [error.deviation for error in self.gap.errors]
        return float((max(deviations) if self.by_new_people else deviations[0]) ** -2)

    @property
    def brought(self) -> FloatArray:
        """The information that they bring, (LOOKS,). New people's votes are worth as much each as those so far."""
        if self.by_new_people:
            return self.known * self.votes / max(self.gap.votes, 1.0)
        return self.votes / self.gap.one_vote**2

    def paths(self, rng: np.random.Generator) -> FloatArray:
        """Return what the gap may be seen as, (DRAWS, LOOKS)."""
        sure = self.known + USUAL_GAP**-2
        truth = rng.normal(self.known * self.gap.points / sure, sure**-0.5, DRAWS)
        steps = rng.normal(size=(DRAWS, LOOKS)) * np.sqrt(np.diff(self.brought, prepend=0.0))
        heard = truth[:, None] * self.brought + np.cumsum(steps, axis=1)
        path: FloatArray = (self.known * self.gap.points + heard) / (self.known + self.brought)
        return path

    def widths(self, *, confidence: float) -> FloatArray:
        """Return the half-width of the band, (LOOKS,)."""
        grown = widening(self.gap.votes + self.votes, confidence=confidence)
        widths: FloatArray = grown * np.max([self._width(error, confidence) for error in self.gap.errors], axis=0)
        return widths

    def _width(self, error: Error, confidence: float) -> FloatArray:
        left = self.known / (self.known + self.brought)  # of the variance that more votes can take away
        if self.by_new_people:
            deviation, freedom = error.deviation * np.sqrt(left), np.minimum(error.freedom / left, MANY)
        else:
            own = self.gap.errors[0].deviation ** 2
            stays = max(error.deviation**2 - own, 0.0)
            deviation, freedom = np.sqrt(stays + own * left), np.full(LOOKS, error.freedom)
        return np.asarray(stdtrit(freedom, (1 + confidence) / 2) * deviation)


@dataclass(frozen=True, eq=False)
class _Votes:
    """Votes with their voters and prompts, as in clusters.errors, and the board of them."""

    votes: Comparisons
    voter: IntArray | None
    prompt: IntArray | None

    def board(self) -> Standings:
        is_plain = self.voter is None and self.prompt is None
        estimate = half_win(Method.HC3) if is_plain else clustered(self.votes, voter=self.voter, prompt=self.prompt)
        return standings_by(self.votes.fold(), estimate)

    def connecting(self, first: int, second: int) -> "_Votes | None":
        """Return the votes among the models that votes connect with the first; None if the second is not of them."""
        for models in bradley_terry.groups(without_dust(self.votes.fold())):
            if first in models:
                return self.among(np.isin(self.votes.a, models)) if second in models else None
        return None

    def among(self, rows: BoolArray) -> "_Votes":
        """Return these votes only. rows: (votes,)."""
        ways = (None if way is None else way[rows] for way in (self.voter, self.prompt))
        return _Votes(self.votes.among(rows), *ways)

    def with_one_each_way(self, first: int, second: int) -> "_Votes":
        """Return the votes and two more, in which either model beat the other, of nobody known."""
        old, won = self.votes, [Outcome.MODEL_A, Outcome.MODEL_B]
        votes = Comparisons(
            np.append(old.a, [first, first]),
            np.append(old.b, [second, second]),
            outcome=np.append(old.outcome, won),
            n_models=old.n_models,
            weight=np.append(old.weight, [1.0, 1.0]),
            score=np.append(old.graded, [np.nan, np.nan]) if old.is_graded else None,
        )
        return _Votes(votes, *map(_with_two_more, (self.voter, self.prompt)))


def decide(
    votes: Comparisons,
    *,
    candidate: int,
    baseline: int,
    margin: float = MARGIN,
    voter: IntArray | None = None,
    prompt: IntArray | None = None,
    more: int = MORE_VOTES,
    seed: int = 0,
) -> Decision:
    """Return the decision between two models from votes, by plain Bradley-Terry on all that connect with them.

    candidate, baseline: indices of different models; voter, prompt: (votes,) as in clusters.errors. Raises BadMargin,
    NotConverged, LengthMismatch, and RatingsError where all of them are of one voter or on one prompt.
    """
    check_margin(margin)
    whole = _Votes(votes, voter, prompt)
    clusters.require_two(votes, voter=voter, prompt=prompt)
    pair = (votes.a == candidate) & (votes.b == baseline) | (votes.a == baseline) & (votes.b == candidate)
    decided = partial(
        Decision,
        margin=margin,
        more=more,
        votes=float(votes.weight.sum()),
        between=float(votes.weight[pair].sum()),
        speakers=" or ".join(name for name, way in (("people", voter), ("prompts", prompt)) if way is not None),
    )
    part = whole.connecting(candidate, baseline)
    if part is None:
        return decided(Verdict.UNDECIDED)
    clusters.require_two(part.votes, voter=part.voter, prompt=part.prompt)
    gap, is_one_sided = _gap(part, candidate, baseline)
    if gap is None:
        return decided(Verdict.UNDECIDED, is_one_sided=True)
    found = verdict(gap, margin=margin)
    is_open = found == Verdict.UNDECIDED and not gap.is_of_few
    same, new = (
        forecast(gap, margin=margin, more=more, by_new_people=is_new, seed=seed) if is_open else None
        for is_new in (False, True)
    )
    return decided(found, gap=gap, chance=same, chance_by_new_people=new, is_one_sided=is_one_sided)


def gap_of_votes(
    votes: Comparisons, *, first: int, second: int, voter: IntArray | None = None, prompt: IntArray | None = None
) -> Gap | None:
    """Return the gap of two models; None where no votes connect the two, or none rate both. Otherwise as in decide.

    A way of one voter, or of one prompt, is left out, for nothing shows its likeness.
    """
    part = _Votes(votes, voter, prompt).connecting(first, second)
    return None if part is None else _gap(part, first, second)[0]


def gap_of_counts(
    counts: PairCounts, *, first: int, second: int, design_factors: FloatArray | None = None
) -> Gap | None:
    """Return the gap of two models by counts alone; None where no votes connect the two, or none rate both.

    design_factors: as in standings. Where one of the two has no finite strength by its votes alone, one vote more each
    way is added, as in decide. Raises NotConverged.
    """
    for each in (counts, _with_one_more(counts, first, second)):
        board = standings(each, design_factors=design_factors)
        if board.group[first] < 0 or board.group[first] != board.group[second]:
            return None
        if _are_rated(board, first, second):
            return gap_between(board, each, first=first, second=second)
    return None


def _gap(part: _Votes, first: int, second: int) -> tuple[Gap | None, bool]:
    """Return the gap, and whether it took a vote more each way; None where not even these rate both.

    Whom nobody took a point from has no finite strength by its votes alone. One vote more for each of the two makes
    them no better than they are: it draws the gap towards nothing.
    """
    for votes, is_one_sided in ((part, False), (part.with_one_each_way(first, second), True)):
        board = votes.board()
        if _are_rated(board, first, second):
            return gap_between(board, votes.votes.fold(), first=first, second=second), is_one_sided
    return None, True


def _are_rated(board: Standings, first: int, second: int) -> bool:
    return board.status[first] == board.status[second] == Status.RATED


def _with_one_more(counts: PairCounts, first: int, second: int) -> PairCounts:
    """Return the counts and two votes more, in which either model beat the other."""
    more = np.zeros_like(counts.wins)
    more[first, second] = more[second, first] = 1.0
    return with_wins(counts, more)


def _with_two_more(way: IntArray | None) -> IntArray | None:
    """Return the voters, or prompts, (votes + 2,), each of the last two another one than all before."""
    return None if way is None else np.append(way, way.min() - np.array([1, 2]))
