"""The counts of a board rated by another method than the published one."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from arena.models import Rating
from arena.scoring.board_rows import entry_ids, ratings_of
from arena.scoring.comparisons import stored_counts
from ratings.errors import RatingsError
from ratings.estimators import half_win, tie_model
from ratings.intervals import Method
from ratings.method import TIES
from ratings.standings import Standings, standings_by


def rated_otherwise(published: Sequence[Rating], category: str, method: str) -> list[Rating] | None:
    """Return the rows of the newest board by one of view.METHODS, the best first within each group.

    None where its votes do not allow the method, as Davidson's without a tie.
    """
    rows = {rating.model_id: rating for rating in published}
    standings = _standings(published[0].snapshot_id, tuple(sorted(rows)), category, method) if published else None
    if standings is None:
        return None
    ratings = ratings_of(None, sorted(rows), standings, [rows[id].elo for id in sorted(rows)])
    for rating in ratings:
        rating.model = rows[rating.model_id].model
    return sorted(ratings, key=lambda rating: (rating.group, -rating.rating))


@lru_cache(16)
def _standings(snapshot_id: int, ids: tuple[int, ...], category: str, method: str) -> Standings | None:
    """Return the standings by a method, or None where the votes do not allow it.

    They are cached: with 300 models, Rao and Kupper's take a quarter of a second.
    """
    all_ids = entry_ids()
    counts = stored_counts(all_ids, category).among(np.searchsorted(all_ids, ids))
    model = TIES.get(method)
    try:
        return standings_by(counts, tie_model(model) if model else half_win(Method.SANDWICH))
    except RatingsError:
        return None
