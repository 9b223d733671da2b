"""The votes as they are counted, and those that are pending."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from arena.models import CountedVote, PendingVote, VoteCategory
from arena.scoring.comparisons import VOTE_COLUMNS, WeightedVote
from arena.scoring.vote_categories import with_categories

AT_ONCE = 10_000


def counted_votes() -> list[WeightedVote]:
    """Return all counted votes in the order of counting, with the weights at which they are counted."""
    # As model instances a million would take five times as long, and the memory of all of them.
    columns = ("number", "vote_id", *VOTE_COLUMNS, "weight")
    rows = CountedVote.objects.order_by("number").values_list(*columns).iterator(chunk_size=5000)
    return [
        WeightedVote.of(vote, id, a, b, choice, weight, keys, score)
        for (_, vote, id, a, b, choice, score, weight), keys in with_categories(rows, VoteCategory.objects.all())
    ]


@dataclass(frozen=True, slots=True)
class PendingRow:
    """A pending vote as boards need it. counted, number: its weight and its place if it was counted before, or None."""

    id: int
    battle: UUID
    model_a: int
    model_b: int
    choice: str
    score: float | None
    source: str
    voter: UUID
    cast_at: datetime
    counted: float | None
    number: int | None

    def is_changed(self, weight: float) -> bool:
        """Tell whether it is counted, and with another weight than this."""
        return self.counted not in (None, weight)

    def weighted(self, weight: float, categories: tuple[str, ...]) -> WeightedVote:
        sides = (self.model_a, self.model_b)
        return WeightedVote.of(self.id, self.battle, *sides, self.choice, weight, categories, self.score)


def pending_votes() -> tuple[list[PendingRow], list[int]]:
    """Return the votes of the oldest PendingVote rows, each vote once, and the pks of these rows."""
    counted = ("vote__counted__weight", "vote__counted__number")
    columns = ("vote_id", *VOTE_COLUMNS, "vote__source", "vote__voter_id", "vote__cast_at", *counted)
    rows = list(PendingVote.objects.order_by("pk").values_list("pk", *columns)[:AT_ONCE])
    return [PendingRow(*vote) for vote in dict.fromkeys(row[1:] for row in rows)], [row[0] for row in rows]
