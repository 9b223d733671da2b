"""A board on which one model's rating is fixed."""

from dataclasses import replace

import numpy as np

from ratings.errors import RatingsError
from ratings.intervals import CONFIDENCE
from ratings.ranking import rank_range
from ratings.standings import Standings


class UnknownAnchor(RatingsError):
    """The model to anchor the board on is not there, or has no rating."""


def anchored(board: Standings, model: int, points: float, *, confidence: float = CONFIDENCE) -> Standings:
    """Return the board with this model at exactly so many points, and the others of its group at their distance to it.

    Their intervals become those of the distances, normal whatever they were before; the anchor's has no width.
    Other groups stay as they are. Raises UnknownAnchor.
    """
    if not (0 <= model < len(board.rating) and board.group[model] >= 0):
        raise UnknownAnchor(f"model {model} cannot anchor the board: it has no rating")
    models = np.flatnonzero(board.group == board.group[model])
    rating, group = board.rating.copy(), int(board.group[model])
    rating[models] += points - rating[model]
    errors = board.errors[group].against(int(np.flatnonzero(models == model)[0]))
    width = errors.half_widths(confidence=confidence)
    lower, upper = board.lower.copy(), board.upper.copy()
    lower[models], upper[models] = rating[models] - width, rating[models] + width
    best, worst = board.rank_best.copy(), board.rank_worst.copy()
    best[models], worst[models] = rank_range(lower[models], upper[models])
    return replace(
        board,
        rating=rating,
        lower=lower,
        upper=upper,
        rank=best.copy(),
        rank_best=best,
        rank_worst=worst,
        errors=(*board.errors[:group], errors, *board.errors[group + 1 :]),
    )
