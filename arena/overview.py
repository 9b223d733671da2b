"""The rank of each model on the board of each category."""

from dataclasses import dataclass

from arena.board_categories import BoardCategory, published_categories
from arena.models import Rating, RatingSnapshot
from arena.models.counts import OVERALL

#: The best rank has the last shade, the worst of a board the first; see the heat classes of arena.css.
SHADES = 8


@dataclass(frozen=True)
class Place:
    """ranks: such as "2–4"; shade: from 0, the worst of its board, to SHADES. Empty where the model has no votes."""

    ranks: str = ""
    shade: int = 0


@dataclass(frozen=True)
class OverviewRow:
    name: str
    slug: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class OverviewPage:
    """rows: in the order of the overall board; its places: in the order of the categories."""

    categories: tuple[BoardCategory, ...]
    rows: tuple[OverviewRow, ...]


def overview_page() -> OverviewPage:
    """In a fixed number of queries."""
    categories = published_categories()
    newest = RatingSnapshot.objects.newest_ids(*(category.key for category in categories))
    boards: dict[int, dict[int, Rating]] = {id: {} for id in newest.values()}
    for rating in Rating.objects.filter(snapshot__in=newest.values()).select_related("model"):
        boards[rating.snapshot_id][rating.model_id] = rating
    shown = [boards.get(newest.get(category.key, 0), {}) for category in categories]
    overall = boards.get(newest.get(OVERALL, 0), {})
    in_order = sorted(overall.values(), key=lambda rating: (rating.group, -rating.rating))
    rows = tuple(
        OverviewRow(
            rating.model.display_name, rating.model.slug, tuple(_place(board, rating.model_id) for board in shown)
        )
        for rating in in_order
    )
    return OverviewPage(categories, rows)


def _place(board: dict[int, Rating], model_id: int) -> Place:
    rating = board.get(model_id)
    if rating is None:
        return Place()
    worst = max(other.rank for other in board.values())
    return Place(rating.ranks, round(SHADES * (worst - rating.rank) / (worst - 1)) if worst > 1 else SHADES)
