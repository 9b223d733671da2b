"""The table of one view as HTML. Its key changes with all that it shows, so it is rendered once and then cached."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from arena.answers.speeds import Speed, speeds
from arena.leaderboard.columns import COLUMNS, DEFAULT_COLUMNS, SORTS, BoardColumn, in_order
from arena.leaderboard.methods import rated_otherwise
from arena.leaderboard.rows import BoardGroup, BoardRow, RowContext, StyleRank, board_groups, unrated_row
from arena.leaderboard.view import View
from arena.models import LanguageModel, Rating, RatingSnapshot
from arena.models.catalog import State
from arena.models.counts import OVERALL, STYLE

#: A large table has half a megabyte.
CACHED_TABLES = 64
#: A column that fewer of the rows have takes its room from the intervals.
ENOUGH_FILLED = 0.2
_CARDS = ("pk", "display_name", "organisation", "licence", "kind", "state", "parameters", "context_tokens", "price")


@dataclass(frozen=True)
class TableKey:
    """All that a table depends on.

    board, style_board: ids of snapshots, None before the first; is_clustered: whether the intervals of the first are
    its own, which come after its ratings; cards: a digest of all that rows show of entries.
    """

    view: View
    language: str
    board: int | None
    is_clustered: bool
    style_board: int | None
    cards: str
    day: str


@dataclass(frozen=True)
class BoardTable:
    """A rendered table.

    head: a thead; body: a tbody for each group; shown: how many entries. has_few_votes: of some row. is_refused: the
    votes cannot be rated by the method of the view.
    """

    head: SafeString
    body: SafeString
    shown: int
    has_few_votes: bool
    is_refused: bool


def table_key(view: View, language: str, snapshot: RatingSnapshot | None) -> TableKey:
    """Return the key of a table, in two queries. snapshot: the newest of the view's category."""
    cards = list(LanguageModel.objects.order_by("pk").values_list(*_CARDS))
    digest = hashlib.sha256(repr(cards).encode()).hexdigest()
    style_board = RatingSnapshot.objects.newest_id(STYLE) or None
    today = timezone.now().date().isoformat()
    board, is_clustered = (snapshot.pk, snapshot.clustered_at is not None) if snapshot else (None, False)
    return TableKey(view, language, board, is_clustered, style_board, digest, today)


def table(key: TableKey) -> BoardTable:
    """Return the table in the active language, which the key names. It is cached where others will see the same one."""
    is_common = key.view.columns == DEFAULT_COLUMNS and not key.view.is_filtered
    return _cached(key) if is_common else _rendered(key)


@lru_cache(CACHED_TABLES)
def _cached(key: TableKey) -> BoardTable:
    return _rendered(key)


def _rendered(key: TableKey) -> BoardTable:
    published = list(Rating.objects.filter(snapshot=key.board).select_related("model")) if key.board else []
    view = key.view
    ratings = rated_otherwise(published, view.category, view.method) if view.method else published
    groups, unrated = _rows(key, published if ratings is None else ratings)
    rated = [row for group in groups for row in group.rows]
    columns = worth_showing(view, rated or unrated)
    context = {
        "view": view,
        "columns": columns,
        "heads": heads(columns, view, groups),
        "groups": groups,
        "unrated": unrated,
    }
    head = _not_indented(render_to_string("leaderboard/_head.html", context))
    body = _not_indented(render_to_string("leaderboard/_table_body.html", context))
    return BoardTable(
        head=mark_safe(head),
        body=mark_safe(body),
        shown=len(rated) + len(unrated),
        has_few_votes=any(row.has_few_votes for row in rated),
        is_refused=ratings is None,
    )


def _not_indented(html: str) -> str:
    """The same table at two thirds of its size: it is kept, and sent to every open page."""
    return re.sub(r"\n\s+", "\n", html)


def _rows(key: TableKey, ratings: Sequence[Rating]) -> tuple[list[BoardGroup], list[BoardRow]]:
    view, rated = key.view, {rating.model_id for rating in ratings}
    context = _context(key, ratings)
    idle = LanguageModel.objects.competing().filter(state=State.ACTIVE).exclude(pk__in=rated)
    groups = [
        replace(group, rows=tuple(in_order(rows, view.sort, is_reversed=view.is_reversed)))
        for group in board_groups(ratings, context)
        if (rows := [row for row in group.rows if view.shows(row)])
    ]
    return groups, [row for row in (unrated_row(model, context) for model in idle) if view.shows(row)]


def _context(key: TableKey, ratings: Sequence[Rating]) -> RowContext:
    # Of all votes too; beside the board of a category it would compare two sets of votes.
    has_style = key.view.category == OVERALL and not key.view.method and key.style_board
    styled = Rating.objects.filter(snapshot=key.style_board) if has_style else Rating.objects.none()
    return RowContext(
        now=timezone.now(),
        oldest=LanguageModel.objects.order_by("added").values_list("added", flat=True).first(),
        style_ranks=_style_ranks(styled.values_list("model_id", "rank_best", "rank_worst", "group", "votes")),
        speeds=_speeds_at(key.board) if key.view.columns & {"speed", "first_text"} else {},
        most_votes=max((rating.votes for rating in ratings), default=0),
    )


def _style_ranks(rows: Iterable[tuple[int, int, int, int, float]]) -> dict[int, StyleRank]:
    """Return the places by entry. rows: entry, ranks, group and votes, the best of each group first."""
    places: Counter[int] = Counter()
    ranks = {}
    for model, best, worst, group, votes in rows:
        places[group] += 1
        ranks[model] = StyleRank(places[group], best, worst, group, votes)
    return ranks


@lru_cache(2)
def _speeds_at(board: int | None) -> dict[int, Speed]:
    """Return the speeds of all entries, cached by the board: both change when votes count."""
    return speeds()


@dataclass(frozen=True)
class Head:
    """One cell of the head.

    address: sorts by it, or turns the order round; direction: as aria-sort has it. group: whose scale it shows.
    """

    column: BoardColumn
    address: str = ""
    direction: str = ""
    group: BoardGroup | None = None


def heads(columns: Iterable[BoardColumn], view: View | None, groups: Sequence[BoardGroup]) -> list[Head]:
    """Return the head of a table of these groups that this view sorts; without a view, nobody sorts it."""
    scaled = groups[0] if len(groups) == 1 else None
    cells = (_head(column, view) if view else Head(column) for column in columns)
    return [replace(cell, group=scaled) if cell.column.key == "interval" else cell for cell in cells]


def _head(column: BoardColumn, view: View) -> Head:
    if column.key not in SORTS:
        return Head(column)
    is_sorted = column.key == view.sort
    address = view.address(sort=column.key, is_reversed=is_sorted and not view.is_reversed)
    direction = "descending" if column.is_descending != view.is_reversed else "ascending"
    return Head(column, address, direction if is_sorted else "")


def worth_showing(view: View, rows: Sequence[BoardRow]) -> list[BoardColumn]:
    """Return the columns that were asked for; of the default ones, those that say something of enough rows.

    rows: the rated ones, where there are any.
    """
    columns = [column for key, column in COLUMNS.items() if key in view.columns]
    if view.columns != DEFAULT_COLUMNS or not rows:
        return columns
    return [column for column in columns if not column.hides_if_sparse or _filled(column, rows) >= ENOUGH_FILLED]


def _filled(column: BoardColumn, rows: Sequence[BoardRow]) -> float:
    """Return which part of the rows has it."""
    return sum(1 for row in rows if SORTS[column.key](row) is not None) / len(rows)
