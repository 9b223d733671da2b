"""Which of two entries is better: a verdict that holds however often the page is looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from arena.charts.gap import GapChart, gap_chart
from arena.models import Rating, RatingSnapshot
from arena.scoring.board_rows import entry_ids
from arena.scoring.cluster_intervals import MAX_VOTES_AT_ONCE
from arena.scoring.comparisons import stored_counts
from arena.scoring.numbered_votes import NumberedVotes, numbered_votes
from ratings.anytime import Gap
from ratings.decide import MARGIN, MORE_VOTES, Verdict, forecast, gap_of_counts, gap_of_votes, verdict
from ratings.decision_words import WORTH_TELLING
from ratings.errors import RatingsError

#: Of each row: the entry's pk, its rating, and its interval as a multiple of the one for independent votes.
BoardRows = tuple[tuple[int, float, float], ...]


@dataclass(frozen=True)
class PairDecision:
    """The verdict on the first of two entries, and what it rests on, in points.

    lower, upper: the interval of this moment; watched_lower, watched_upper: the band that decides. chance: that a
    verdict falls with more_votes between the two by the same people, in percent, and by new ones; None where it has
    fallen or too few people voted.
    """

    verdict: str
    margin: float
    difference: float
    lower: float
    upper: float
    watched_lower: float
    watched_upper: float
    more_votes: int
    chance: float | None
    chance_by_new_people: float | None
    chart: GapChart

    @property
    def is_better(self) -> bool:
        return self.verdict == Verdict.BETTER

    @property
    def is_worse(self) -> bool:
        return self.verdict == Verdict.WORSE

    @property
    def is_for_new_people(self) -> bool:
        """Whether new people would decide it clearly sooner than more votes of the same ones."""
        same, new = self.chance, self.chance_by_new_people
        return same is not None and new is not None and new - same >= 100 * WORTH_TELLING

    @property
    def is_equal(self) -> bool:
        return self.verdict == Verdict.EQUAL


def decision_between(first: int, second: int, ratings: Mapping[int, Rating]) -> PairDecision | None:
    """Return the verdict by the newest board, or None where its votes do not compare the two.

    first, second: pks of entries; ratings: the board's rows by pk. The gap is by the votes alone, and its errors are
    by voter and by prompt, as the board's.
    """
    own, other = ratings.get(first), ratings.get(second)
    if own is None or other is None or own.group != other.group:
        return None
    rows = tuple((pk, row.rating, row.design_factor) for pk, row in sorted(ratings.items()))
    gap = _gap(own.snapshot_id, rows, first, second)
    return None if gap is None else _decision(replace(gap, counted_clusters=_fewest(own, other)))


@lru_cache(64)
def _decision(gap: Gap) -> PairDecision:
    found, half, watched = verdict(gap, margin=MARGIN), gap.half_width(), gap.watched()
    is_open = found == Verdict.UNDECIDED and not gap.is_of_few
    return PairDecision(
        verdict=str(found),
        margin=MARGIN,
        difference=gap.points,
        lower=gap.points - half,
        upper=gap.points + half,
        watched_lower=gap.points - watched,
        watched_upper=gap.points + watched,
        more_votes=MORE_VOTES,
        chance=100 * forecast(gap, margin=MARGIN) if is_open else None,
        chance_by_new_people=100 * forecast(gap, margin=MARGIN, by_new_people=True) if is_open else None,
        chart=gap_chart(gap.points, half_width=half, watched=watched, margin=MARGIN),
    )


def _fewest(own: Rating, other: Rating) -> float | None:
    """Return the effective number of voters, or of prompts if fewer, behind the less known of the two ratings."""
    known = [n for row in (own, other) for n in (row.effective_voters, row.effective_prompts) if n is not None]
    return min(known, default=None)


@lru_cache(64)
def _gap(snapshot: int, rows: BoardRows, first: int, second: int) -> Gap | None:
    """Return the gap of two entries on the board of these rows, which tell one board from another with the same pk."""
    ids, factors = entry_ids(), {pk: factor for pk, _, factor in rows}
    places = {"first": ids.index(first), "second": ids.index(second)}
    board = RatingSnapshot.objects.get(pk=snapshot)
    try:
        if board.votes <= MAX_VOTES_AT_ONCE:
            counted = _votes(tuple(ids), board.last_number, rows)
            voter, prompt = counted.ways
            return gap_of_votes(counted.votes, voter=voter, prompt=prompt, **places)
        # Of more votes the errors are near enough by the design factors: between any two, by a tenth as a rule.
        ones = np.array([factors.get(pk, 1.0) for pk in ids])
        return gap_of_counts(stored_counts(ids), design_factors=ones, **places)
    except RatingsError:
        return None


@lru_cache(1)
def _votes(ids: tuple[int, ...], last_number: int, _rows: BoardRows) -> NumberedVotes:
    """Return the votes of the board of these rows, once for all of its pairs."""
    return numbered_votes(ids, last_number=last_number)
