"""What the table can show of a row, and how it is sorted by it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from arena.leaderboard.rows import BoardRow


@dataclass(frozen=True)
class Column:
    """sort: by what, None where the column cannot be sorted; entries without it come last, whichever way round."""

    key: str
    label: str | Promise
    sort: Callable[[BoardRow], Any] | None
    is_descending: bool = False
    is_shown: bool = False
    css: str = "number"


_ALL = (
    Column("rank", _("Rank"), None, is_shown=True),
    Column("model", _("Model"), lambda row: row.name.casefold(), is_shown=True, css="board__model"),
    Column("rating", _("Rating"), lambda row: row.rating, True, True),
    Column("interval", _("95% interval"), None, is_shown=True, css="board__interval"),
    Column("style", _("Style rank"), lambda row: row.style_rank, is_shown=True),
    Column("simultaneous", _("Rank by differences"), lambda row: row.rank_simultaneous),
    Column("above_next", _("Above the next"), lambda row: row.above_next_percent, True),
    Column("elo", _("Elo"), lambda row: row.elo, True, True),
    Column("votes", _("Votes"), lambda row: row.votes, True, True),
    Column("win_rate", _("Win rate"), lambda row: row.win_percent, True, True),
    Column("both_bad", _("Both bad"), lambda row: row.both_bad_percent, True, True),
    Column("organisation", _("Organisation"), lambda row: row.organisation.casefold() or None, is_shown=True, css=""),
    Column("licence", _("Licence"), lambda row: row.licence.casefold() or None, is_shown=True, css=""),
    Column("kind", _("What it is"), lambda row: row.kind, css=""),
    Column("parameters", _("Parameters"), lambda row: row.parameters, True),
    Column("context", _("Context"), lambda row: row.context_tokens, True),
    Column("price", _("Dollars a million tokens"), lambda row: row.price),
    Column("speed", _("Tokens a second"), lambda row: row.tokens_a_second, True),
    Column("first_text", _("First words after"), lambda row: row.seconds_to_first_text),
)
COLUMNS = {column.key: column for column in _ALL}
ALWAYS = ("rank", "model", "rating")
DEFAULT_COLUMNS = frozenset(column.key for column in _ALL if column.is_shown)


def in_order(rows: Iterable[BoardRow], key: str, *, is_reversed: bool) -> list[BoardRow]:
    """The rows by a column that can be sorted."""
    sort = COLUMNS[key].sort
    assert sort is not None
    every = list(rows)
    known = [row for row in every if sort(row) is not None]
    unknown = [row for row in every if sort(row) is None]
    return sorted(known, key=sort, reverse=COLUMNS[key].is_descending != is_reversed) + unknown
