"""The newest board of a category as pictures, each with the table that it is drawn from."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from arena.leaderboard.board_categories import Tab, board_categories, tabs
from arena.leaderboard.charts.board import NewestBoard, newest_board
from arena.leaderboard.charts.subjects import MAX_SHOWN, SUBJECTS, Picture, by_name
from arena.leaderboard.charts.table import Table
from arena.models.counts import OVERALL
from arena.scoring.full_scan_boards import FULL_SCAN


@dataclass(frozen=True)
class ModelChoice:
    """A line of the chooser. is_chosen: the visitor has asked for it, and it is shown."""

    slug: str
    name: str
    is_chosen: bool


@dataclass(frozen=True)
class PicturesPage:
    """models: all on the board, the best first. published: None before the first board."""

    category: str
    published: datetime | None
    models: tuple[ModelChoice, ...]
    shown: int
    tabs: tuple[Tab, ...]
    pictures: tuple[Picture, ...]
    most: int = MAX_SHOWN

    @property
    def is_overall(self) -> bool:
        return self.category == OVERALL


class UnknownPicture(LookupError):
    """No pictures of that category, or no picture of that name."""


def pictures_page(category: str, chosen: Collection[str]) -> PicturesPage:
    """All pictures, in a fixed number of queries. Raises UnknownPicture.

    chosen: slugs of the models to show; the best ones where none of them is on the board.
    """
    board = _board(category)
    slugs = [rating.model.slug for rating in board.ratings]
    found = [place for place, slug in enumerate(slugs) if slug in chosen][:MAX_SHOWN]
    shown = found or list(range(len(slugs)))[:MAX_SHOWN]
    return PicturesPage(
        category=category,
        published=board.snapshot.published if board.snapshot else None,
        models=tuple(
            ModelChoice(rating.model.slug, rating.model.display_name, place in found)
            for place, rating in enumerate(board.ratings)
        ),
        shown=len(shown),
        tabs=tuple(tab for tab in tabs(category, "?category={}".format) if tab.category.key not in FULL_SCAN),
        pictures=tuple(subject.picture(board, shown) for subject in SUBJECTS) if board.ratings else (),
    )


def picture_table(name: str, category: str) -> Table:
    """What a picture is drawn from, of all models on the board. Raises UnknownPicture."""
    subject = by_name(name)
    if subject is None:
        raise UnknownPicture(name)
    board = _board(category)
    return subject.drawing(board, range(len(board.ratings))).table


def _board(category: str) -> NewestBoard:
    """No board yet is an empty one: every arena and every category begins so."""
    if category in FULL_SCAN:  # made from votes one by one: nothing is summed by pair
        raise UnknownPicture(category)
    if category not in {known.key for known in board_categories()}:
        raise UnknownPicture(category)
    return newest_board(category)
