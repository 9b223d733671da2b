"""All that the leaderboard page needs around its table."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from arena.leaderboard.board_categories import BoardCategory, Tab, tabs
from arena.leaderboard.columns import ALWAYS, COLUMNS, BoardColumn
from arena.leaderboard.table import BoardTable, table, table_key
from arena.leaderboard.view import View
from arena.models import LanguageModel, RatingSnapshot, Vote
from arena.models.catalog import Kind
from arena.models.counts import OVERALL, STYLE
from arena.scoring.full_scan_boards import FULL_SCAN

SIZE_LABELS = {
    "small": gettext_lazy("under 4 billion parameters"),
    "medium": gettext_lazy("4 to 20 billion"),
    "large": gettext_lazy("20 billion and more"),
}
METHOD_LABELS = {
    "sandwich": gettext_lazy("Ties count as half a win, no prior, simpler intervals (sandwich)"),
    "davidson": gettext_lazy("Ties are an outcome of their own (Davidson)"),
    "rao-kupper": gettext_lazy("Ties are too close to call (Rao and Kupper)"),
}
EFFECT_LABELS = {
    "length": gettext_lazy("Length"),
    "headers": gettext_lazy("Headings"),
    "lists": gettext_lazy("Lists"),
    "bold": gettext_lazy("Bold"),
    "code_blocks": gettext_lazy("Code blocks"),
    "position": gettext_lazy("Side A"),
}


@dataclass(frozen=True)
class Facts:
    """The numbers in the lines under the title. snapshot: the id of the board; None before the first.

    voters, prompts: those that are known, of votes that count. is_clustered: whether the intervals are the board's own,
    which come after its ratings.
    """

    models: int
    votes: int
    last_vote: datetime | None
    snapshot: int | None
    voters: int = 0
    prompts: int = 0
    is_clustered: bool = True


@dataclass(frozen=True)
class FilterChoice:
    """One value of a filter."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Filter:
    """A filter and its values. name: in the address."""

    name: str
    label: str
    choices: tuple[FilterChoice, ...]


@dataclass(frozen=True)
class Effect:
    """What a feature of style is worth, in points, with its 95% interval."""

    label: str
    points: float
    lower: float
    upper: float


@dataclass(frozen=True)
class LeaderboardPage:
    """What the page of a board shows. methods: other ways to rate the same votes; empty where there is none."""

    view: View
    facts: Facts
    table: BoardTable
    tabs: tuple[Tab, ...]
    filters: tuple[Filter, ...]
    columns: tuple[FilterChoice, ...]
    methods: tuple[FilterChoice, ...]
    effects: tuple[Effect, ...]

    @property
    def all_columns(self) -> tuple[BoardColumn, ...]:
        return tuple(COLUMNS.values())

    @property
    def asked(self) -> tuple[tuple[str, str], ...]:
        """Return what was asked for besides a search: the name of each filter in use, and its value."""
        return tuple((f.label, choice.label) for f in self.filters for choice in f.choices if choice.is_chosen)

    @property
    def category_of_charts(self) -> str:
        """Return the category whose charts stand beside this board: its own, where charts can be made of it."""
        return OVERALL if self.view.category == STYLE else self.view.category

    @property
    def current(self) -> BoardCategory:
        return next(tab.category for tab in self.tabs if tab.is_current)


class UnknownCategory(LookupError):
    """A category that no rule knows."""


def leaderboard_page(view: View) -> LeaderboardPage:
    """Return the newest board as this view shows it, in a fixed number of queries. Raises UnknownCategory."""
    categories = tabs(view.category, lambda key: view.address(category=key))
    if not any(tab.is_current for tab in categories):
        raise UnknownCategory(view.category)
    snapshot = RatingSnapshot.objects.newest(view.category)
    return LeaderboardPage(
        view=view,
        facts=facts_of(snapshot),
        table=table(table_key(view, str(get_language()), snapshot)),
        tabs=categories,
        filters=_filters(view),
        columns=tuple(_column(column, view) for key, column in COLUMNS.items() if key not in ALWAYS),
        methods=() if view.category in FULL_SCAN else tuple(_choices(METHOD_LABELS.items(), view.method)),
        effects=_effects(snapshot),
    )


def facts_of(snapshot: RatingSnapshot | None) -> Facts:
    """Return the facts of a board, in two queries."""
    return Facts(
        models=snapshot.ratings.count() if snapshot else LanguageModel.objects.competing().count(),
        votes=snapshot.votes if snapshot else 0,
        last_vote=Vote.objects.order_by("-pk").values_list("cast_at", flat=True).first(),
        snapshot=snapshot.pk if snapshot else None,
        voters=snapshot.voters if snapshot else 0,
        prompts=snapshot.prompts if snapshot else 0,
        is_clustered=snapshot is None or snapshot.clustered_at is not None,
    )


def _filters(view: View) -> tuple[Filter, ...]:
    cards = list(LanguageModel.objects.competing().values_list("organisation", "licence", "kind"))
    organisations, licences, kinds = ({card[place] for card in cards} - {""} for place in range(3))
    labels = [(value, str(label)) for value, label in Kind.choices if value in kinds]
    return (
        Filter("organisation", _("Organisation"), _choices(_by_name(organisations), view.organisation)),
        Filter("licence", _("Licence"), _choices(_by_name(licences), view.licence)),
        Filter("kind", _("What it is"), _choices(labels, view.kind)),
        Filter("size", _("Size"), _choices(SIZE_LABELS.items(), view.size)),
    )


def _by_name(names: Iterable[str]) -> list[tuple[str, str]]:
    return [(name, name) for name in sorted(names, key=str.casefold)]


def _choices(values: Iterable[tuple[str, object]], chosen: str) -> tuple[FilterChoice, ...]:
    return tuple(FilterChoice(value, str(label), value == chosen) for value, label in values)


def _column(column: BoardColumn, view: View) -> FilterChoice:
    return FilterChoice(column.key, str(column.label), column.key in view.columns)


def _effects(snapshot: RatingSnapshot | None) -> tuple[Effect, ...]:
    effects = snapshot.effects if snapshot else {}
    return tuple(Effect(str(EFFECT_LABELS[name]), *effects[name]) for name in EFFECT_LABELS if name in effects)
