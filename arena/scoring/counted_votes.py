"""Votes as they are counted, and those that wait to be."""

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from arena.models import Choice, CountedVote, Uncounted
from arena.scoring.comparisons import BATTLE_COLUMNS, WeightedVote
from arena.scoring.vote_features import Tags

AT_ONCE = 10_000


def counted_votes() -> list[WeightedVote]:
    """All counted votes in the order of counting, with the weights at which they are counted."""
    # As model instances a million would take five times as long, and the memory of all of them.
    rows = CountedVote.objects.order_by("number").values_list(
        "vote_id", *BATTLE_COLUMNS, "vote__choice", "weight", "categories"
    )
    return [
        WeightedVote(vote, str(id), a, b, Choice(choice), weight, keys_of(categories))
        for vote, id, a, b, choice, weight, categories in rows.iterator(chunk_size=5000)
    ]


@dataclass(frozen=True, slots=True)
class WaitingVote:
    """counted, categories: how it is counted so far; None before."""

    id: int
    battle: UUID
    model_a: int
    model_b: int
    choice: str
    source: str
    counted: float | None
    categories: str | None

    def is_changed(self, weight: float) -> bool:
        """Whether it is counted, and with another weight than this."""
        return self.counted not in (None, weight)

    def weighted(self, weight: float, categories: tuple[str, ...]) -> WeightedVote:
        sides = (self.model_a, self.model_b)
        return WeightedVote(self.id, str(self.battle), *sides, Choice(self.choice), weight, categories)


def waiting_votes() -> tuple[list[WaitingVote], list[int]]:
    """The votes of the oldest uncounted rows, each once, and the pks of these rows."""
    counted = ("vote__counted__weight", "vote__counted__categories")
    columns = ("vote_id", *BATTLE_COLUMNS, "vote__choice", "vote__source", *counted)
    rows = list(Uncounted.objects.order_by("pk").values_list("pk", *columns)[:AT_ONCE])
    return [WaitingVote(*vote) for vote in dict.fromkeys(row[1:] for row in rows)], [row[0] for row in rows]


def as_columns(tags: Tags) -> tuple[str, bytes]:
    """The columns `categories` and `style` of a counted vote."""
    return " ".join(tags.categories), tags.style


@lru_cache(4096)
def keys_of(categories: str) -> tuple[str, ...]:
    """Of the column `categories`."""
    return tuple(categories.split())
