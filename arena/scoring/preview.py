"""A preview of the overall board, as if some votes weighed something else."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from arena.models import CountedVote, LanguageModel, Rating, RatingSnapshot, Vote
from arena.models.counts import OVERALL
from arena.scoring.board_rows import entry_ids, ratings_of
from arena.scoring.cluster_intervals import MAX_VOTES_AT_ONCE, Carried
from arena.scoring.comparisons import VOTE_COLUMNS, Sums, WeightedVote, counts_of, stored_sums
from arena.scoring.numbered_votes import numbered_votes
from arena.scoring.pair_sums import sums_of
from arena.scoring.rating_method import rate_counts
from ratings.standings import Standings

#: Points that a board shows as no change.
UNSEEN = 0.5
AT_ONCE = 5000


@dataclass(frozen=True)
class RowChange:
    """One entry's row before and after; None where it has no row. Ranks may be a range, such as "2–4"."""

    name: str
    before: Rating | None
    after: Rating | None

    @property
    def is_seen(self) -> bool:
        """Tell whether a page would show another rank, rating or number of votes."""
        if self.before is None or self.after is None:
            return True
        moved = abs(self.before.rating - self.after.rating) >= UNSEEN
        return moved or self.before.ranks != self.after.ranks or self.before.votes != self.after.votes


def preview_board(votes: "QuerySet[Vote]", *, weight: float) -> list[RowChange]:
    """Return the rows of the overall board that would change if these votes weighed so much, the best first.

    Votes that no board shows yet are left out. Changes nothing.
    """
    ids = entry_ids()
    board = _board_with(votes, weight, ids)
    after = {row.model_id: row for row in ratings_of(None, ids, board, [0.0] * len(ids))}
    before = {row.model_id: row for row in RatingSnapshot.objects.newest_rows()}
    rows = before | after
    names = dict(LanguageModel.objects.filter(pk__in=rows).values_list("pk", "display_name"))
    in_order = sorted(names, key=lambda id: _place(rows[id]))
    changes = [RowChange(names[id], before.get(id), after.get(id)) for id in in_order]
    return [change for change in changes if change.is_seen]


def _board_with(votes: "QuerySet[Vote]", weight: float, ids: Sequence[int]) -> Standings:
    """Return the board as it is published: with intervals of its own, or with those that a large one carries."""
    newest = RatingSnapshot.objects.newest()
    if newest is not None and newest.votes <= MAX_VOTES_AT_ONCE:
        weights = dict.fromkeys(votes.order_by().values_list("pk", flat=True), weight)
        return numbered_votes(ids, last_number=newest.last_number, weights=weights).standings()
    counts = counts_of(_sums_with(votes, weight), ids)
    return rate_counts(counts, design_factors=Carried.to(OVERALL, ids).design_factors)


def _sums_with(votes: "QuerySet[Vote]", weight: float) -> Sums:
    """Return the stored sums of the overall board, with these votes at another weight."""
    was = _counted(votes)
    sums = stored_sums(OVERALL)
    for pair, left in sums_of(was).items():
        if pair[0] == OVERALL:
            # Taking 0.1 off a sum that held it can leave less than nothing, which no fit accepts.
            sums[pair] = [max(0.0, round(a - b, 9)) for a, b in zip(sums[pair], left, strict=True)]
    for pair, added in sums_of(vote.weighing(weight) for vote in was).items():
        if pair[0] == OVERALL:
            sums[pair] = [a + b for a, b in zip(sums[pair], added, strict=True)]
    return sums


def _counted(votes: "QuerySet[Vote]") -> list[WeightedVote]:
    columns = ("vote_id", *VOTE_COLUMNS, "weight")
    rows = CountedVote.objects.filter(vote__in=votes.order_by().values("pk")).values_list(*columns)
    return [
        WeightedVote.of(vote, id, a, b, choice, weight, score=score)
        for vote, id, a, b, choice, score, weight in rows.iterator(chunk_size=AT_ONCE)
    ]


def _place(row: Rating) -> tuple[float, ...]:
    return row.group, row.rank, -row.rating
