"""How few votes, taken away, would give the newest board another rank 1."""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import numpy as np

from arena.models import RatingSnapshot
from arena.scoring.board_rows import entry_ids
from arena.scoring.comparisons import stored_counts
from ratings.bradley_terry import core, fit
from ratings.counts import PairCounts
from ratings.robustness import smallest_upset

#: What a search may cost a page: about a second of one core.
MAX_MODELS, MAX_VOTES = 50, 50


@dataclass(frozen=True)
class Firmness:
    """How many votes hold up rank 1.

    leader, successor: pks of entries. votes: how many, taken away, make the successor lead; both None where `most` do
    not suffice.
    """

    leader: int
    successor: int | None
    votes: int | None
    most: int = MAX_VOTES


@dataclass(frozen=True)
class Search:
    """A search for the fewest votes. models: how many their votes alone rate; found: None for fewer than 2 or more
    than 50 of them, which are not searched.
    """

    models: int
    found: Firmness | None


def search(newest: RatingSnapshot) -> Search:
    """Return how firm rank 1 is among the models that their votes alone rate.

    It is computed once a board and process, from the stored counts.
    """
    return _search(newest.pk, newest.digest)


@lru_cache(maxsize=1)
def _search(_snapshot_id: int, _digest: str) -> Search:
    ids = entry_ids()
    counts = stored_counts(ids)
    models = core(counts)
    is_searched = 2 <= len(models) <= MAX_MODELS
    return Search(
        len(models), _firmness(counts.among(models), [ids[place] for place in models]) if is_searched else None
    )


def _firmness(rated: PairCounts, ids: list[int]) -> Firmness:
    upset = smallest_upset(rated, most=MAX_VOTES)
    if upset is None:
        return Firmness(ids[int(np.argmax(fit(rated)))], None, None)
    return Firmness(ids[upset.leader], ids[upset.successor], ceil(upset.votes))
