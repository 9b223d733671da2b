"""The categories of boards as pages name them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from arena.models import RatingSnapshot
from arena.models.counts import NO_TIES, OVERALL, RECENT, STYLE
from arena.votes.policy import category_rules


@dataclass(frozen=True)
class BoardCategory:
    """group: of the rules' own; empty for the boards of all votes."""

    key: str
    label: str
    description: str
    group: str = ""


def board_categories() -> tuple[BoardCategory, ...]:
    """Those that could have a board, in the order shown, in the reader's language."""
    known = category_rules().CATEGORIES.values()
    return (
        BoardCategory(OVERALL, _("Overall"), _("All votes.")),
        BoardCategory(
            STYLE, _("Style control"), _("As if all models wrote at the same length and in the same layout.")
        ),
        BoardCategory(RECENT, _("Last 30 days"), _("Votes of the last 30 days.")),
        BoardCategory(NO_TIES, _("Without ties"), _("Only votes that prefer one side.")),
        *(BoardCategory(one.key, str(one.label), str(one.description), one.group) for one in known),
    )


def published_categories() -> tuple[BoardCategory, ...]:
    """Those that have a board with a vote; the overall one always. In one query."""
    published = RatingSnapshot.objects.categories_with_votes() | {OVERALL}
    return tuple(category for category in board_categories() if category.key in published)


@dataclass(frozen=True)
class Tab:
    """A category, with the address of what is shown of it."""

    category: BoardCategory
    address: str
    is_current: bool


def tabs(current: str, address: Callable[[str], str]) -> tuple[Tab, ...]:
    """One for each category that has a board, and the current one where it has none yet, or none any more.

    address: by the category's key.
    """
    published = published_categories()
    shown = (one for one in board_categories() if one in published or one.key == current)
    return tuple(Tab(one, address(one.key), one.key == current) for one in shown)


def label_of(key: str) -> str:
    """The key itself where no rule knows it, as of an older board."""
    return next((category.label for category in board_categories() if category.key == key), key)
