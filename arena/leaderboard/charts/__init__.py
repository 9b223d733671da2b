"""The newest board of a category as charts, each with the table that it is drawn from."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from arena.leaderboard.board_categories import Tab, find_category, tabs
from arena.leaderboard.charts.board import NewestBoard, newest_board
from arena.leaderboard.charts.content import ChartTable
from arena.leaderboard.charts.specs import CHARTS, MAX_SHOWN, Chart, ChartSpec, by_name
from arena.models.counts import OVERALL, STYLE
from arena.scoring.full_scan_boards import FULL_SCAN


@dataclass(frozen=True)
class ModelChoice:
    """A line of the chooser. is_chosen: the visitor has asked for it, and it is shown."""

    slug: str
    name: str
    is_chosen: bool


@dataclass(frozen=True)
class ChartsPage:
    """All charts of one board. models: all on it, the best first. published: None before the first board."""

    category: str
    published: datetime | None
    models: tuple[ModelChoice, ...]
    shown: int
    tabs: tuple[Tab, ...]
    charts: tuple[Chart, ...]
    most: int = MAX_SHOWN

    @property
    def drawn(self) -> tuple[Chart, ...]:
        return tuple(chart for chart in self.charts if chart.drawing)

    @property
    def undrawn(self) -> tuple[Chart, ...]:
        """Return the charts for which there is too little to draw yet."""
        return tuple(chart for chart in self.charts if not chart.drawing)

    @property
    def is_overall(self) -> bool:
        return self.category == OVERALL


class UnknownChart(LookupError):
    """No charts of that category, or no chart of that name."""


def charts_page(category: str, chosen: Collection[str]) -> ChartsPage:
    """Return all charts of a category, in a fixed number of queries. Raises UnknownChart.

    chosen: slugs of the models to show; the best ones where none of them is on the board.
    """
    board = _board(category)
    slugs = [rating.model.slug for rating in board.ratings]
    chosen_places = [place for place, slug in enumerate(slugs) if slug in chosen][:MAX_SHOWN]
    shown = chosen_places or list(range(len(slugs)))[:MAX_SHOWN]
    return ChartsPage(
        category=category,
        published=board.snapshot.published if board.snapshot else None,
        models=tuple(
            ModelChoice(rating.model.slug, rating.model.display_name, place in chosen_places)
            for place, rating in enumerate(board.ratings)
        ),
        shown=len(shown),
        tabs=tuple(tab for tab in tabs(category, "?category={}".format) if tab.category.key != STYLE),
        charts=tuple(spec.chart(board, shown) for spec in CHARTS if _is_of(spec, category)) if board.ratings else (),
    )


def chart_table(name: str, category: str) -> ChartTable:
    """Return the table that a chart is drawn from, with all models on the board. Raises UnknownChart."""
    spec = by_name(name)
    if spec is None or not _is_of(spec, category):
        raise UnknownChart(name)
    board = _board(category)
    return spec.content(board, range(len(board.ratings))).table


def _board(category: str) -> NewestBoard:
    """Return the newest board, an empty one before the first: every arena and every category begins so."""
    if category == STYLE:  # its ratings are of no votes as they were cast
        raise UnknownChart(category)
    if find_category(category) is None:
        raise UnknownChart(category)
    return newest_board(category)


def _is_of(spec: ChartSpec, category: str) -> bool:
    """Whether the chart can be made of this category: a full-scan board has no sums by pair."""
    return not (spec.is_of_counts and category in FULL_SCAN)
