"""A board computed again from the votes alone, without what was stored on the way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from arena.models import CountedVote, Rating, RatingSnapshot, VoteCategory, VoteExclusion
from arena.models.counts import OVERALL
from arena.scoring.board_rows import entry_ids, ratings_of
from arena.scoring.cluster_intervals import ROUNDING
from arena.scoring.comparisons import VOTE_COLUMNS, WeightedVote, add_to_digest, comparisons, stored_counts
from arena.scoring.counted_votes import counted_votes
from arena.scoring.full_scan_boards import FULL_SCAN, full_scan_board, full_scan_votes
from arena.scoring.numbered_votes import numbered_again
from arena.scoring.rating_method import rate_counts
from arena.scoring.vote_categories import with_categories
from arena.votes.policy import policy, vote_weight
from ratings import elo
from ratings.arrays import FloatArray
from ratings.counts import PairCounts

_FIGURES = ("rating", "lower", "upper", "elo", "votes", "win_rate", "both_bad_rate")
_PLACES = ("group", "rank", "rank_best", "rank_worst", "rank_simultaneous", "provisional")


@dataclass(frozen=True)
class Recomputation:
    """A board compared with its votes. largest_difference: over all figures of all rows, in points.

    different: pks of entries whose row is not what the votes give, or that one of the two boards has not at all.
    miscounted: pks of each two entries whose stored counts, from which the next board is made, are not their votes';
    empty for a board that is not the newest.
    """

    snapshot: RatingSnapshot
    is_newest: bool
    votes: int
    is_of_these_votes: bool
    largest_difference: float
    different: tuple[int, ...]
    miscounted: tuple[tuple[int, int], ...]

    @property
    def problems(self) -> list[str]:
        """Return a sentence for each thing that is not as the votes give it."""
        board = f"board {self.snapshot.pk}"
        if why := self._why_not(board):
            return [why]
        of_others = f"{board} was published for other votes than those counted"
        rows = [f"{board}: the row of entry {id} is not what the votes give" for id in self.different]
        pairs = [f"the stored counts of entries {a} and {b} are not what the votes give" for a, b in self.miscounted]
        return rows + pairs if self.is_of_these_votes else [of_others, *rows, *pairs]

    def _why_not(self, board: str) -> str:
        """Return why the board cannot be computed again at all; empty where it can."""
        if self.snapshot.policy != policy():
            anew = "a running arena publishes it anew" if self.is_newest else "this arena does not follow it any more"
            return f"{board} follows another policy, {self.snapshot.policy}: {anew}"
        if not self.is_newest and not self.is_of_these_votes:
            return f"{board} cannot be computed again: its votes had weights then that their exclusions do not tell"
        return ""


def recompute_leaderboard(snapshot_id: int | None = None) -> Recomputation | None:
    """Return the newest board, or that of this id, recomputed; None where there is no such board. Changes nothing."""
    boards = RatingSnapshot.objects.all()
    snapshot = boards.newest() if snapshot_id is None else boards.filter(pk=snapshot_id).first()
    if snapshot is None:
        return None
    is_newest = snapshot == boards.newest(snapshot.category)
    if snapshot.category in FULL_SCAN:
        return _recomputed_full_scan(snapshot, is_newest=is_newest)
    return _recomputed(snapshot, counted_votes() if is_newest else _votes_then(snapshot), is_newest=is_newest)


def recompute_all_leaderboards() -> list[Recomputation]:
    """Return the newest board of each category recomputed, the overall one first. Changes nothing.

    A full-scan board of an older moment is left out, because it is due to be published again.
    """
    votes = counted_votes()
    newest = RatingSnapshot.objects.in_bulk(RatingSnapshot.objects.newest_of_each()).values()
    overall = RatingSnapshot.objects.newest_id()
    current = [board for board in newest if board.category not in FULL_SCAN or board.overall_snapshot_id == overall]
    in_order = sorted(current, key=lambda board: (board.category != OVERALL, board.category))
    return [
        _recomputed_full_scan(snapshot, is_newest=True)
        if snapshot.category in FULL_SCAN
        else _recomputed(snapshot, votes, is_newest=True)
        for snapshot in in_order
    ]


def _recomputed(snapshot: RatingSnapshot, all_votes: Sequence[WeightedVote], *, is_newest: bool) -> Recomputation:
    votes = [vote for vote in all_votes if snapshot.category in vote.boards]
    ids = entry_ids()
    numbers = comparisons(votes, {id: place for place, id in enumerate(ids)})
    counts = numbers.fold()
    again = _rows_again(snapshot, votes, ids, points=elo.replay(numbers), counts=counts)
    miscounted = _miscounted(counts, stored_counts(ids, snapshot.category)) if is_newest else []
    pairs = tuple((ids[i], ids[j]) for i, j in miscounted)
    return _compared(snapshot, votes, again, is_newest=is_newest, miscounted=pairs)


def _rows_again(
    snapshot: RatingSnapshot,
    votes: Sequence[WeightedVote],
    ids: Sequence[int],
    *,
    points: FloatArray,
    counts: PairCounts,
) -> list[Rating]:
    """Return the rows that these votes give: by voter and by prompt, or by the design factors that they carry."""
    if snapshot.clustered_at is not None:
        again = numbered_again(votes, ids, until=snapshot.clustered_at)
        board = again.standings()
        return ratings_of(snapshot, ids, board, points, again.effective(board))
    carried = dict(snapshot.ratings.values_list("model_id", "design_factor"))
    factors = np.array([carried.get(id, 1.0) for id in ids])
    return ratings_of(snapshot, ids, rate_counts(counts, design_factors=factors), points)


def _recomputed_full_scan(snapshot: RatingSnapshot, *, is_newest: bool) -> Recomputation:
    scan = full_scan_votes(snapshot.category, until=snapshot.published, last_number=snapshot.last_number)
    ids = entry_ids()
    board = full_scan_board(scan, ids)
    return _compared(snapshot, scan.votes, board.rows(snapshot, ids), is_newest=is_newest)


def _compared(
    snapshot: RatingSnapshot,
    votes: Sequence[WeightedVote],
    computed: Iterable[Rating],
    *,
    is_newest: bool,
    miscounted: tuple[tuple[int, int], ...] = (),
) -> Recomputation:
    again = {row.model_id: row for row in computed}
    rows = {row.model_id: row for row in snapshot.ratings.all()}
    shared = again.keys() & rows.keys()
    differences = {id: _difference(again[id], rows[id]) for id in shared}
    moved = {id for id in shared if differences[id] > ROUNDING or _place(again[id]) != _place(rows[id])}
    counting = sum(vote.weight > 0 for vote in votes)
    return Recomputation(
        snapshot=snapshot,
        is_newest=is_newest,
        votes=counting,
        is_of_these_votes=add_to_digest("", votes) == snapshot.digest and counting == snapshot.votes,
        largest_difference=max(differences.values(), default=0.0),
        different=tuple(sorted(moved | (again.keys() ^ rows.keys()))),
        miscounted=miscounted,
    )


def _votes_then(snapshot: RatingSnapshot) -> list[WeightedVote]:
    """Return the votes that an older board counted, each with the weight that its exclusions of that time gave it.

    Only the board's digest tells whether these are its own votes and weights.
    """
    later = VoteExclusion.objects.filter(at__gt=snapshot.published).values("vote")
    changed = set(later.values_list("vote", flat=True))
    then = VoteExclusion.objects.newest(until=snapshot.published).filter(vote__in=later).weights()
    columns = ("number", "vote_id", *VOTE_COLUMNS, "vote__source", "weight")
    counted = CountedVote.objects.filter(number__lte=snapshot.last_number).order_by("number").values_list(*columns)
    categories = VoteCategory.objects.filter(counted__lte=snapshot.last_number)
    rows = with_categories(counted.iterator(chunk_size=5000), categories)
    votes = []
    for (_, vote, id, a, b, choice, score, source, weight), keys in rows:
        weight_then = vote_weight(source, then.get(vote)) if vote in changed else weight
        votes.append(WeightedVote.of(vote, id, a, b, choice, weight_then, keys, score))
    return votes


def _miscounted(counts: PairCounts, stored: PairCounts) -> list[list[int]]:
    """Return the places (i, j), i < j, that differ in any count or in its squares."""
    pairs = ((counts, stored), (counts.squares, stored.squares))
    differences = [
        abs(_plane(new, name) - _plane(old, name))
        for new, old in pairs
        for name in ("wins", "ties", "both_bad", "split")
    ]
    largest = np.max(differences, axis=0)
    places: list[list[int]] = np.argwhere(np.triu(np.maximum(largest, largest.T)) > ROUNDING).tolist()
    return places


def _plane(counts: PairCounts, name: str) -> FloatArray:
    plane: FloatArray | None = getattr(counts, name)
    return np.zeros_like(counts.wins) if plane is None else plane


def _difference(new: Rating, old: Rating) -> float:
    return float(np.abs(_figures(new) - _figures(old)).max())


def _figures(row: Rating) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.array([getattr(row, name) for name in _FIGURES])


def _place(row: Rating) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in _PLACES)
