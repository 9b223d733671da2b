"""The rows that the charts are made of. Each part is read from the database when it is first used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np

from arena.answers.speeds import speeds
from arena.models import Rating, RatingSnapshot
from arena.scoring.board_rows import entry_ids
from arena.scoring.comparisons import stored_counts
from ratings.arrays import FloatArray, IntArray
from ratings.counts import PairCounts
from ratings.standings import largest_group


@dataclass(frozen=True)
class PastBoard:
    """One board of the history. votes: how many were counted until then."""

    id: int
    published: datetime
    votes: int


@dataclass(frozen=True, eq=False)
class NewestBoard:
    """The newest board of a category.

    ratings: with their models, the best first within each group; a place is an index into it.
    """

    category: str
    snapshot: RatingSnapshot | None
    ratings: tuple[Rating, ...]

    def names(self, places: Sequence[int]) -> list[str]:
        return [self.ratings[place].model.display_name for place in places]

    def comparable(self, places: Sequence[int]) -> list[int]:
        """Return those of these places that can be compared: in the group that most of them are in."""
        largest = largest_group(self.ratings[place].group for place in places)
        return [place for place in places if self.ratings[place].group == largest]

    @cached_property
    def points(self) -> FloatArray:
        """The ratings, (n,) in points."""
        return np.array([rating.rating for rating in self.ratings], dtype=np.float64)

    @cached_property
    def groups(self) -> IntArray:
        """The group of each rating, (n,)."""
        return np.array([rating.group for rating in self.ratings], dtype=np.int64)

    @cached_property
    def counts(self) -> PairCounts:
        """The counted votes by pair."""
        ids = entry_ids()
        places = np.searchsorted(ids, [rating.model_id for rating in self.ratings])
        return stored_counts(ids, self.category).among(places.astype(np.int64))

    @cached_property
    def past(self) -> tuple[PastBoard, ...]:
        """All boards of this category that are kept, the oldest first."""
        boards = RatingSnapshot.objects.shown().filter(category=self.category).order_by("published", "pk")
        return tuple(PastBoard(*row) for row in boards.values_list("pk", "published", "votes"))

    @cached_property
    def speeds(self) -> dict[int, float]:
        """The median tokens a second of the newest answers that were voted on, by the entry's pk."""
        rates = {entry: speed.tokens_a_second for entry, speed in speeds().items()}
        return {entry: rate for entry, rate in rates.items() if rate is not None}


def newest_board(category: str) -> NewestBoard:
    """Return the newest board of this category, one without ratings where none was published."""
    snapshot = RatingSnapshot.objects.newest(category)
    return NewestBoard(category, snapshot, tuple(snapshot.rows()) if snapshot else ())
