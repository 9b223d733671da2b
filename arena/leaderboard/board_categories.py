"""The categories of boards as pages name them."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from arena.models import RatingSnapshot, VoterGroup
from arena.models.counts import NO_TIES, OVERALL, RECENT, STYLE, VOICES
from arena.models.groups import GROUP
from arena.votes.policy import category_rules


@dataclass(frozen=True)
class BoardCategory:
    """A category as pages name it. group: the heading it stands under; empty for the boards of all votes."""

    key: str
    label: str
    description: str
    group: str = ""


def board_categories() -> tuple[BoardCategory, ...]:
    """Return all categories of rules, which could have a board, in the order shown, in the reader's language."""
    known = category_rules().CATEGORIES.values()
    return (
        BoardCategory(OVERALL, _("Overall"), _("All votes.")),
        BoardCategory(
            STYLE, _("Style control"), _("As if all models wrote at the same length and in the same layout.")
        ),
        BoardCategory(RECENT, _("Last 30 days"), _("Votes of the last 30 days.")),
        *_voices(),
        BoardCategory(NO_TIES, _("Without ties"), _("Only votes that prefer one side.")),
        *(BoardCategory(rule.key, str(rule.label), str(rule.description), rule.group) for rule in known),
    )


def _voices() -> Iterator[BoardCategory]:
    if settings.VOICES:
        meaning = _(
            "The more somebody votes, the less each of the votes weighs, and all of them together at most as much as "
            "%(cap)s."
        )
        yield BoardCategory(VOICES, _("Even voices"), meaning % {"cap": settings.VOICES})


def published_categories() -> tuple[BoardCategory, ...]:
    """Return the categories that have a board with a vote, and always the overall one.

    In one query, and one more where there are boards of groups.
    """
    published = RatingSnapshot.objects.categories_with_votes() | {OVERALL}
    return (*(category for category in board_categories() if category.key in published), *_groups(published))


def find_category(key: str) -> BoardCategory | None:
    """Return the category of this key: of a rule, or of a group whose board may be shown; None where there is none."""
    known = published_categories() if key.startswith(GROUP) else board_categories()
    return next((category for category in known if category.key == key), None)


def _groups(published: Collection[str]) -> Iterator[BoardCategory]:
    slugs = [key.removeprefix(GROUP) for key in published if key.startswith(GROUP)]
    for group in VoterGroup.objects.filter(slug__in=slugs) if slugs else ():
        yield BoardCategory(group.category, group.name, _("Votes that members of this group cast."), "group")


@dataclass(frozen=True)
class Tab:
    """A category, with the address of what is shown of it."""

    category: BoardCategory
    address: str
    is_current: bool


def tabs(current: str, address: Callable[[str], str]) -> tuple[Tab, ...]:
    """Return a tab for each category that has a board, and for the current one in any case.

    address: by the category's key.
    """
    published = published_categories()
    rules = board_categories()
    shown = (category for category in rules if category in published or category.key == current)
    groups = (category for category in published if category.group == "group")
    return tuple(Tab(each, address(each.key), each.key == current) for each in (*shown, *groups))


def label_of(key: str) -> str:
    """Return the category's name, or the key itself where no rule knows it any more."""
    category = find_category(key)
    return category.label if category else key
