"""The rank of each model on the board of each category."""

from collections.abc import Iterable
from dataclasses import dataclass

from arena.leaderboard.board_categories import BoardCategory, published_categories
from arena.models import Rating, RatingSnapshot
from arena.models.counts import OVERALL
from ratings.standings import LARGEST_GROUP

#: The best of a board has the last shade, the worst the first; see the shades of arena.css.
SHADES = 8


@dataclass(frozen=True)
class Place:
    """ranks: such as "2–4"; shade: from 0, the last of its board, to SHADES. Empty outside of a board's main group."""

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
    boards: dict[int, list[Rating]] = {id: [] for id in newest.values()}
    for rating in Rating.objects.filter(snapshot__in=newest.values()).select_related("model"):
        boards[rating.snapshot_id].append(rating)
    places = [_places(boards.get(newest.get(category.key, 0), ())) for category in categories]
    rows = tuple(
        OverviewRow(
            rating.model.display_name,
            rating.model.slug,
            tuple(of_board.get(rating.model_id, Place()) for of_board in places),
        )
        for rating in _in_order(boards.get(newest.get(OVERALL, 0), ()))
    )
    return OverviewPage(categories, rows)


def _places(board: Iterable[Rating]) -> dict[int, Place]:
    # Ranks of another group would stand beside these as if they were comparable.
    ordered = [rating for rating in _in_order(board) if rating.group == LARGEST_GROUP]
    last = max(1, len(ordered) - 1)
    return {it.model_id: Place(it.ranks, round(SHADES * (1 - at / last))) for at, it in enumerate(ordered)}


def _in_order(board: Iterable[Rating]) -> list[Rating]:
    return sorted(board, key=lambda rating: (rating.group, -rating.rating))
