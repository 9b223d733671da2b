"""The columns of the table: each is declared here once, with all that any page shows of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import floor
from typing import Any

from django.template.defaultfilters import floatformat
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from arena.leaderboard.rows import BoardRow
from arena.templatetags.board import percent


@dataclass(frozen=True, kw_only=True)
class BoardColumn:
    """One column.

    text: what stands in a cell, None for a dash; template: shows the whole cell instead, where text does not do.
    sort: by what, None where the column cannot be sorted; entries without it come last, whichever way round.
    meaning: what is said of the column at its head and in the list of columns. hides_if_sparse: where few rows
    have it, nobody sees it who has not asked for it.
    css: class of its cells; head_css: class of its head.
    """

    key: str
    label: Promise
    text: Callable[[BoardRow], str | None] = lambda _row: None
    template: str = ""
    sort: Callable[[BoardRow], Any] | None = None
    is_descending: bool = False
    is_default: bool = False
    hides_if_sparse: bool = False
    meaning: str | Promise = ""
    css: str = "number"
    head_css: str = "number"


def _number(value: float | None, format_: str) -> str | None:
    """Return the number as the filter floatformat writes it."""
    return None if value is None else str(floatformat(value, format_))


def _whole(value: float | None, sign: str = "") -> str | None:
    """Return the number as floatformat writes it without decimals, at a tenth of its time: a board has thousands."""
    return None if value is None else f"{floor(value + 0.5)}{sign}"


def _place(row: BoardRow) -> SafeString | None:
    if row.position is None:
        return None
    place = format_html('<span class="board__position">{}</span>', row.position)
    return place if row.is_settled else place + format_html(' <span class="board__ranks">{}</span>', row.rank)


def _rating(row: BoardRow) -> SafeString | None:
    return None if row.rating is None else format_html('<span class="figure">{}</span>', _whole(row.rating))


def _seconds(value: float | None) -> str | None:
    return None if value is None else gettext("%(s)s s") % {"s": floatformat(value, 1)}


_ALL = (
    BoardColumn(
        key="rank",
        label=_("Rank"),
        text=_place,
        is_default=True,
        meaning=_("The place by rating; small beside it the places that the intervals do not tell apart."),
        css="board__place",
        head_css="board__place",
    ),
    BoardColumn(
        key="model",
        label=_("Model"),
        template="leaderboard/cells/_model.html",
        sort=lambda row: row.name.casefold(),
        is_default=True,
        head_css="board__model",
    ),
    BoardColumn(
        key="rating",
        label=_("Rating"),
        text=_rating,
        sort=lambda row: row.rating,
        is_descending=True,
        is_default=True,
        meaning=_("Bradley-Terry strength in points: a tie is half a win, and 1000 is the middle."),
    ),
    BoardColumn(
        key="interval",
        label=_("95% interval"),
        template="leaderboard/cells/_interval.html",
        is_default=True,
        meaning=_("Where the rating would lie with other people and other prompts of the kind, 19 times out of 20."),
        head_css="board__interval",
    ),
    BoardColumn(
        key="style",
        label=_("Style rank"),
        template="leaderboard/cells/_style.html",
        sort=lambda row: row.style_rank,
        is_default=True,
        hides_if_sparse=True,
        meaning=_(
            "The place by rating if all wrote at the same length and in the same layout; small beside it the places "
            "that the intervals do not tell apart, or ↑ 2: surely two places better."
        ),
    ),
    BoardColumn(
        key="simultaneous",
        label=_("Strict rank"),
        text=lambda row: _whole(row.rank_simultaneous),
        sort=lambda row: row.rank_simultaneous,
        meaning=_(
            "One more than the number of models that are surely better: all pairs of the group are tested together "
            "(Holm)."
        ),
    ),
    BoardColumn(
        key="above_next",
        label=_("Above the next"),
        text=lambda row: None if row.above_next_percent is None else f"{percent(row.above_next_percent)}%",
        sort=lambda row: row.above_next_percent,
        is_descending=True,
        meaning=_("The chance to be truly better than the model in the row below by rating."),
    ),
    BoardColumn(
        key="elo",
        label=_("Elo"),
        text=lambda row: _whole(row.elo),
        sort=lambda row: row.elo,
        is_descending=True,
        is_default=True,
        meaning=_("The older way to rate, moved by each vote in turn: it starts at 1000, and K is 4."),
    ),
    BoardColumn(
        key="votes",
        label=_("Votes"),
        text=lambda row: _number(row.votes, "-1g"),
        sort=lambda row: row.votes,
        is_descending=True,
        is_default=True,
        meaning=_("How many votes on it count."),
    ),
    BoardColumn(
        key="voters",
        label=_("Effective voters"),
        text=lambda row: _number(row.effective_voters, "0g"),
        sort=lambda row: row.effective_voters,
        is_descending=True,
        meaning=_("As many people, each with equally many votes on it, would say as much."),
    ),
    BoardColumn(
        key="prompts",
        label=_("Effective prompts"),
        text=lambda row: _number(row.effective_prompts, "0g"),
        sort=lambda row: row.effective_prompts,
        is_descending=True,
        meaning=_("As many prompts, each with equally many votes on it, would say as much."),
    ),
    BoardColumn(
        key="win_rate",
        label=_("Win rate"),
        text=lambda row: _whole(row.win_percent, "%"),
        sort=lambda row: row.win_percent,
        is_descending=True,
        is_default=True,
        meaning=_("Of all its votes; a tie, and both bad, is half a win."),
    ),
    BoardColumn(
        key="both_bad",
        label=_("Both bad"),
        text=lambda row: _whole(row.both_bad_percent, "%"),
        sort=lambda row: row.both_bad_percent,
        is_descending=True,
        meaning=_("How often a vote on the model called both answers bad."),
    ),
    BoardColumn(
        key="organisation",
        label=_("Organisation"),
        text=lambda row: row.organisation,
        sort=lambda row: row.organisation.casefold() or None,
        is_default=True,
        hides_if_sparse=True,
        css="board__card",
        head_css="",
    ),
    BoardColumn(
        key="licence",
        label=_("Licence"),
        text=lambda row: row.licence,
        sort=lambda row: row.licence.casefold() or None,
        css="board__card",
        head_css="",
    ),
    BoardColumn(
        key="kind",
        label=_("What it is"),
        text=lambda row: str(row.kind.label),
        sort=lambda row: str(row.kind.label),
        css="board__card",
        head_css="",
    ),
    BoardColumn(
        key="parameters",
        label=_("Parameters"),
        text=lambda row: None if row.parameters is None else row.size,
        sort=lambda row: row.parameters,
        is_descending=True,
    ),
    BoardColumn(
        key="context",
        label=_("Context"),
        text=lambda row: _number(row.context_tokens, "0g"),
        sort=lambda row: row.context_tokens,
        is_descending=True,
    ),
    BoardColumn(
        key="price",
        label=_("Dollars a million tokens"),
        text=lambda row: _number(row.price, "-2g"),
        sort=lambda row: row.price,
    ),
    BoardColumn(
        key="speed",
        label=_("Tokens a second"),
        text=lambda row: _whole(row.tokens_a_second),
        sort=lambda row: row.tokens_a_second,
        is_descending=True,
    ),
    BoardColumn(
        key="first_text",
        label=_("First words after"),
        text=lambda row: _seconds(row.seconds_to_first_text),
        sort=lambda row: row.seconds_to_first_text,
    ),
)
COLUMNS = {column.key: column for column in _ALL}
ALWAYS = ("rank", "model", "rating")
DEFAULT_COLUMNS = frozenset(column.key for column in _ALL if column.is_default)
SORTS = {column.key: column.sort for column in _ALL if column.sort is not None}


def in_order(rows: Iterable[BoardRow], key: str, *, is_reversed: bool) -> list[BoardRow]:
    """Return the rows sorted by a column of SORTS."""
    sort = SORTS[key]
    all_rows = list(rows)
    known = [row for row in all_rows if sort(row) is not None]
    unknown = [row for row in all_rows if sort(row) is None]
    return sorted(known, key=sort, reverse=COLUMNS[key].is_descending != is_reversed) + unknown
