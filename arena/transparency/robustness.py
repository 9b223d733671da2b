"""How few votes, taken away, would give the newest board another rank 1."""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import numpy as np

from arena.models import RatingSnapshot
from arena.scoring.board_rows import entry_ids
from arena.scoring.comparisons import stored_counts
from ratings.bradley_terry import core, fit
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


def firmness(newest: RatingSnapshot) -> Firmness | None:
    """Return how firm rank 1 is among the models that their votes alone rate; None for fewer than 2 or more than 50.

    It is computed once a board and process, from the stored counts.
    """
    return _search(newest.pk, newest.digest)


@lru_cache(maxsize=1)
def _search(_snapshot_id: int, _digest: str) -> Firmness | None:
    ids = entry_ids()
    counts = stored_counts(ids)
    models = core(counts)
    if not 2 <= len(models) <= MAX_MODELS:
        return None
    rated = counts.among(models)
    upset = smallest_upset(rated, most=MAX_VOTES)
    if upset is None:
        return Firmness(ids[models[int(np.argmax(fit(rated)))]], None, None)
    return Firmness(ids[models[upset.leader]], ids[models[upset.successor]], ceil(upset.votes))
