"""Intervals by voter and by prompt, which need every vote: they come to a board after its ratings.

Until they come, a board carries the design factors of the one before, each interval as a multiple of that for
independent votes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db import transaction

from arena.models import Rating, RatingSnapshot
from arena.models.counts import OVERALL
from arena.scoring.board_rows import entry_ids, ratings_of
from arena.scoring.full_scan_boards import FULL_SCAN
from arena.scoring.numbered_votes import NumberedVotes, numbered_votes
from arena.scoring.rating_method import rate_counts
from arena.votes.policy import policy
from ratings.arrays import FloatArray
from ratings.counts import PairCounts
from ratings.standings import Standings

#: Up to so many votes, they come with the ratings.
MAX_VOTES_AT_ONCE = 20_000
#: Boards of so many votes wait so long for the next ones: a million for half a minute.
DELAY_PER_VOTE = timedelta(microseconds=30)
#: Rounding of sums in another order; far below what a page shows, in points.
ROUNDING = 1e-6


@dataclass(frozen=True)
class Carried:
    """What a board takes over from the newest one of its category that was clustered.

    design_factors, voters, prompts: (n,) in the order of all entries; NaN for voters and prompts that nobody knows.
    """

    design_factors: FloatArray
    voters: FloatArray
    prompts: FloatArray
    n_voters: int
    n_prompts: int

    @property
    def effective(self) -> tuple[FloatArray, FloatArray]:
        return self.voters, self.prompts

    @classmethod
    def to(cls, category: str, ids: Sequence[int]) -> "Carried":
        """Return what the next board of this category takes over. ids: pks of all entries."""
        before = RatingSnapshot.objects.newest_clustered(category)
        rows = {row.model_id: row for row in before.ratings.all()} if before else {}
        # Who is new is taken to be as uncertain as most: its few votes say less than the others' of how alike they are.
        middle = float(np.median([row.design_factor for row in rows.values()])) if rows else 1.0
        factors = [rows[id].design_factor if id in rows else middle for id in ids]
        voters, prompts = (
            np.array([getattr(rows.get(id), name, None) for id in ids], dtype=np.float64)
            for name in ("effective_voters", "effective_prompts")
        )
        known = (before.voters, before.prompts) if before else (0, 0)
        return cls(np.array(factors), voters, prompts, *known)


@dataclass(frozen=True)
class Rated:
    """A board and what its rows tell beside it. effective: of voters and of prompts, (n,) each; counts: what it rates.

    clustered_at: None where the intervals are those that the board carries.
    """

    standings: Standings
    counts: PairCounts
    effective: tuple[FloatArray, FloatArray]
    voters: int
    prompts: int
    clustered_at: datetime | None

    @classmethod
    def by_votes(cls, votes: NumberedVotes, now: datetime) -> "Rated":
        """Return the board with intervals by voter and by prompt."""
        standings = votes.standings()
        counts = votes.votes.fold()
        return cls(standings, counts, votes.effective(standings), votes.voters, votes.prompts, now)

    @classmethod
    def by_counts(cls, counts: PairCounts, carried: Carried) -> "Rated":
        """Return the board with intervals as wide as the board before had them."""
        standings = rate_counts(counts, design_factors=carried.design_factors)
        return cls(standings, counts, carried.effective, carried.n_voters, carried.n_prompts, None)


def are_of(votes: NumberedVotes, counts: PairCounts) -> bool:
    """Tell whether these are the votes that the counts sum, in the arithmetic of a computer."""
    own = votes.votes.fold()
    pairs = [(each.score, each.battles, each.both_bad, each.squares.battles) for each in (own, counts)]
    return all(np.allclose(one, other, rtol=0, atol=ROUNDING) for one, other in zip(*pairs, strict=True))


def cluster_intervals(*, now: datetime, at_once_up_to: int = MAX_VOTES_AT_ONCE) -> list[RatingSnapshot]:
    """Give the newest boards their intervals by voter and by prompt, and return those that got them.

    at_once_up_to: boards of more votes rest a while between one time and the next.
    """
    overall = RatingSnapshot.objects.newest()
    if overall is None or overall.policy != policy():
        return []
    if overall.votes > at_once_up_to and not _is_time(overall, now):
        return []
    due = RatingSnapshot.objects.to_cluster().exclude(category__in=FULL_SCAN)
    boards = list(due.order_by("-pk"))
    if not boards:
        return []
    ids = entry_ids()
    votes = numbered_votes(ids, last_number=overall.last_number, until=now)
    return [board for board in boards if _complete(board, votes.on(board.category), ids, now)]


def _is_time(overall: RatingSnapshot, now: datetime) -> bool:
    before = RatingSnapshot.objects.newest_clustered(OVERALL)
    if before is None or before.clustered_at is None:
        return True
    return now - before.clustered_at >= overall.votes * DELAY_PER_VOTE


def _complete(board: RatingSnapshot, votes: NumberedVotes, ids: Sequence[int], now: datetime) -> bool:
    """Store the board's rows anew, with these intervals; False if its votes are not these any more."""
    rated = Rated.by_votes(votes, now)
    rows = list(board.ratings.all())
    if not _is_of(rows, rated.standings, ids):
        return False  # a weight has changed since: the next board waits already, or the invariants tell why not
    elo = {row.model_id: row.elo for row in rows}
    points = [elo.get(id, np.nan) for id in ids]
    board.clustered_at, board.voters, board.prompts = now, rated.voters, rated.prompts
    with transaction.atomic():
        board.save(update_fields=["clustered_at", "voters", "prompts"])
        board.ratings.all().delete()
        Rating.objects.bulk_create(ratings_of(board, ids, rated.standings, points, rated.effective))
    return True


def _is_of(rows: Sequence[Rating], standings: Standings, ids: Sequence[int]) -> bool:
    """Tell whether these ratings are the board's own."""
    stored = {row.model_id: row.rating for row in rows}
    computed = {id: float(standings.rating[i]) for i, id in enumerate(ids) if standings.group[i] >= 0}
    return stored.keys() == computed.keys() and all(abs(stored[id] - computed[id]) <= ROUNDING for id in stored)
