"""The table of one view as HTML. Its key changes with all that it shows, so it is rendered once and then kept."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from arena.answers.speeds import Speed, speeds
from arena.leaderboard.columns import COLUMNS, DEFAULT_COLUMNS, in_order
from arena.leaderboard.methods import rated_otherwise
from arena.leaderboard.rows import BoardGroup, BoardRow, RowContext, StyleRank, board_groups, unrated_row
from arena.leaderboard.view import View
from arena.models import LanguageModel, Rating, RatingSnapshot
from arena.models.catalog import State
from arena.models.counts import OVERALL, STYLE

#: A large table has half a megabyte.
KEPT_TABLES = 64
_CARDS = ("pk", "display_name", "organisation", "licence", "kind", "state", "parameters", "context_tokens", "price")


@dataclass(frozen=True)
class TableKey:
    """board, style_board: ids of snapshots, None before the first; cards: a digest of all that rows show of entries."""

    view: View
    language: str
    board: int | None
    style_board: int | None
    cards: str
    day: str


@dataclass(frozen=True)
class Table:
    """head: a thead; body: a tbody for each group. is_refused: the votes cannot be rated by the method asked for."""

    head: SafeString
    body: SafeString
    shown: int
    is_refused: bool


def table_key(view: View, language: str, board: RatingSnapshot | None) -> TableKey:
    """board: the newest of the view's category. In two queries."""
    cards = list(LanguageModel.objects.order_by("pk").values_list(*_CARDS))
    digest = hashlib.sha256(repr(cards).encode()).hexdigest()
    style_board = RatingSnapshot.objects.newest_id(STYLE) or None
    today = timezone.now().date().isoformat()
    return TableKey(view, language, board.pk if board else None, style_board, digest, today)


def table(key: TableKey) -> Table:
    """For the language that is active, which the key names. Kept where others will ask for the same."""
    is_common = key.view.columns == DEFAULT_COLUMNS and not key.view.is_filtered
    return _kept(key) if is_common else _rendered(key)


@lru_cache(KEPT_TABLES)
def _kept(key: TableKey) -> Table:
    return _rendered(key)


def _rendered(key: TableKey) -> Table:
    published = list(Rating.objects.filter(snapshot=key.board).select_related("model")) if key.board else []
    view = key.view
    ratings = rated_otherwise(published, view.category, view.method) if view.method else published
    groups, unrated = _rows(key, published if ratings is None else ratings)
    columns = _worth_showing(view, [row for group in groups for row in group.rows] + unrated)
    context = {"view": view, "columns": _headers(view, columns), "groups": groups, "unrated": unrated}
    context |= {"shown": columns, "width": len(columns)}
    head = render_to_string("leaderboard/_head.html", context)
    body = render_to_string("leaderboard/_table_body.html", context)
    shown = sum(len(group.rows) for group in groups) + len(unrated)
    return Table(mark_safe(head), mark_safe(body), shown, is_refused=ratings is None)


def _rows(key: TableKey, ratings: Sequence[Rating]) -> tuple[list[BoardGroup], list[BoardRow]]:
    view, rated = key.view, {rating.model_id for rating in ratings}
    beside = _context(key, ratings)
    idle = LanguageModel.objects.competing().filter(state=State.ACTIVE).exclude(pk__in=rated)
    groups = [
        BoardGroup(group.number, tuple(in_order(rows, view.sort, is_reversed=view.is_reversed)))
        for group in board_groups(ratings, beside)
        if (rows := [row for row in group.rows if view.shows(row)])
    ]
    return groups, [row for row in (unrated_row(model, beside) for model in idle) if view.shows(row)]


def _context(key: TableKey, ratings: Sequence[Rating]) -> RowContext:
    # Of all votes too; beside the board of a category it would compare two sets of votes.
    has_style = key.view.category == OVERALL and not key.view.method and key.style_board
    styled = Rating.objects.filter(snapshot=key.style_board) if has_style else Rating.objects.none()
    columns = ("model_id", "rank", "group", "votes")
    return RowContext(
        now=timezone.now(),
        oldest=LanguageModel.objects.order_by("added").values_list("added", flat=True).first(),
        style_ranks={model: StyleRank(*found) for model, *found in styled.values_list(*columns)},
        speeds=_speeds_at(key.board) if key.view.columns & {"speed", "first_text"} else {},
        most_votes=max((rating.votes for rating in ratings), default=0),
    )


@lru_cache(2)
def _speeds_at(board: int | None) -> dict[int, Speed]:
    """As of this board: a vote makes answers count, and a board."""
    return speeds()


@dataclass(frozen=True)
class _Header:
    """One cell of the head. address: sorts by it, or turns the order round; direction: as aria-sort has it."""

    key: str
    label: str
    css: str
    address: str
    direction: str


def _worth_showing(view: View, rows: Sequence[BoardRow]) -> frozenset[str]:
    """The columns that were asked for; of the usual ones, those that say something of some row."""
    if view.columns != DEFAULT_COLUMNS:
        return view.columns
    empty = {key for key in ("style", "organisation", "licence") if not any(map(COLUMNS[key].sort or bool, rows))}
    return view.columns - (empty if rows else set())


def _headers(view: View, columns: frozenset[str]) -> list[_Header]:
    found = []
    for key, column in COLUMNS.items():
        if key in columns:
            is_sorted = key == view.sort
            turned = is_sorted and not view.is_reversed
            direction = "descending" if column.is_descending != view.is_reversed else "ascending"
            found.append(
                _Header(
                    key,
                    str(column.label),
                    column.css,
                    view.address(sort=key, is_reversed=turned) if column.sort else "",
                    direction if is_sorted else "",
                )
            )
    return found
