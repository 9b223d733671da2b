"""The rank of each model on the board of each category."""

from collections.abc import Iterable
from dataclasses import dataclass

from arena.leaderboard.board_categories import BoardCategory, published_categories
from arena.models import Rating, RatingSnapshot
from arena.models.counts import OVERALL
from ratings.standings import LARGEST_GROUP

#: Who is surely the best of a board has the last shade, the worst the first; see the shades of leaderboard.css.
SHADES = 8


@dataclass(frozen=True)
class OverviewCell:
    """A model on the board of one category.

    ranks: such as "2–4"; shade: from 0, the last of its board, to SHADES. Empty outside of a board's largest group.
    """

    ranks: str = ""
    shade: int = 0


@dataclass(frozen=True)
class OverviewRow:
    """One model."""

    name: str
    slug: str
    cells: tuple[OverviewCell, ...]


@dataclass(frozen=True)
class OverviewPage:
    """All models by all categories.

    rows: in the order of the overall board; the cells of a row: in the order of the categories.
    """

    categories: tuple[BoardCategory, ...]
    rows: tuple[OverviewRow, ...]


def overview_page() -> OverviewPage:
    """Return the page of all categories, in a fixed number of queries."""
    categories = published_categories()
    newest = RatingSnapshot.objects.newest_ids(*(category.key for category in categories))
    boards: dict[int, list[Rating]] = {id: [] for id in newest.values()}
    for rating in Rating.objects.filter(snapshot__in=newest.values()).select_related("model"):
        boards[rating.snapshot_id].append(rating)
    cells = [_cells(boards.get(newest.get(category.key, 0), ())) for category in categories]
    rows = tuple(
        OverviewRow(
            rating.model.display_name,
            rating.model.slug,
            tuple(by_model.get(rating.model_id, OverviewCell()) for by_model in cells),
        )
        for rating in _in_order(boards.get(newest.get(OVERALL, 0), ()))
    )
    return OverviewPage(categories, rows)


def _cells(ratings: Iterable[Rating]) -> dict[int, OverviewCell]:
    """Return the cells of one category by the entry's pk."""
    # Ranks of another group would stand beside these as if they were comparable.
    ordered = [rating for rating in _in_order(ratings) if rating.group == LARGEST_GROUP]
    return {row.model_id: OverviewCell(row.ranks, _shade(row, len(ordered))) for row in ordered}


def _shade(rating: Rating, models: int) -> int:
    """Return the shade of the middle of its ranks: those that the votes do not tell apart look alike."""
    middle = (rating.rank_best + rating.rank_worst) / 2
    return round(SHADES * (1 - (middle - 1) / max(1, models - 1)))


def _in_order(ratings: Iterable[Rating]) -> list[Rating]:
    return sorted(ratings, key=lambda rating: (rating.group, -rating.rating))
