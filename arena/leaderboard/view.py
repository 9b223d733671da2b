"""What an address asks of the leaderboard."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from arena.leaderboard.columns import ALWAYS, COLUMNS, DEFAULT_COLUMNS, SORTS
from arena.leaderboard.rows import BoardRow
from arena.models.catalog import Kind
from arena.models.counts import OVERALL
from arena.scoring.full_scan_boards import FULL_SCAN
from ratings.method import TIES

#: By how many parameters they have at least, and at most so many.
SIZES = {"small": (0, 4e9), "medium": (4e9, 20e9), "large": (20e9, float("inf"))}
#: Licences that give nobody the weights.
CLOSED = {"", "proprietary", "closed", "commercial", "none", "unknown"}
#: Other ways to rate the same counts: the plain sandwich, and models of ties.
METHODS = ("sandwich", *(name for name in TIES if name != "half"))
MAX_CHARACTERS = 100


@dataclass(frozen=True)
class View:
    """sort: a key of SORTS; columns: of COLUMNS; method: one of METHODS, empty for the published figures."""

    category: str = OVERALL
    sort: str = "rating"
    is_reversed: bool = False
    search: str = ""
    organisation: str = ""
    licence: str = ""
    kind: str = ""
    size: str = ""
    is_open: bool = False
    method: str = ""
    columns: frozenset[str] = DEFAULT_COLUMNS

    @property
    def is_default(self) -> bool:
        """Whether it is what everybody sees first, and what is sent to open pages."""
        return self == View()

    @property
    def is_filtered(self) -> bool:
        return any((self.search, self.organisation, self.licence, self.kind, self.size, self.is_open))

    def shows(self, row: BoardRow) -> bool:
        """Whether the row passes the filters."""
        if self.search and self.search.casefold() not in f"{row.name}\n{row.organisation}\n{row.licence}".casefold():
            return False
        if self.is_open and row.licence.casefold() in CLOSED:
            return False
        if self.size:
            low, high = SIZES[self.size]
            if row.parameters is None or not low <= row.parameters < high:
                return False
        wanted = {"organisation": row.organisation, "licence": row.licence, "kind": row.kind_key}
        return all(getattr(self, name) in ("", value) for name, value in wanted.items())

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the form of filters keeps: which board, in which order."""
        return View(self.category, self.sort, self.is_reversed).asked()

    def address(self, **changes: Any) -> str:
        """The query that asks for this view with some changes, with its question mark."""
        return "?" + urlencode(replace(self, **changes).asked())

    def asked(self) -> list[tuple[str, str]]:
        """Names and values of the query, without what is usual."""
        asked = [("category", self.category)] if self.category != OVERALL else []
        asked += [("sort", self.sort)] if self.sort != "rating" else []
        asked += [("order", "reversed")] if self.is_reversed else []
        texts = ("search", "organisation", "licence", "kind", "size", "method")
        asked += [(name, getattr(self, name)) for name in texts if getattr(self, name)]
        asked += [("open", "1")] if self.is_open else []
        if self.columns != DEFAULT_COLUMNS:
            asked += [("columns", key) for key in COLUMNS if key in self.columns]
        return asked


def view_of(asked: QueryDict) -> View:
    """What the query asks for; what it asks for wrongly is as if it were not asked for."""
    sort, category = asked.get("sort", ""), asked.get("category") or OVERALL
    columns = frozenset(asked.getlist("columns")) & frozenset(COLUMNS)
    return View(
        category=category,
        sort=sort if sort in SORTS else "rating",
        is_reversed=asked.get("order") == "reversed",
        search=_text(asked, "search"),
        organisation=_text(asked, "organisation"),
        licence=_text(asked, "licence"),
        kind=_one_of(asked, "kind", Kind.values),
        size=_one_of(asked, "size", SIZES),
        is_open=bool(asked.get("open")),
        # The full-scan boards are not made from counts.
        method="" if category in FULL_SCAN else _one_of(asked, "method", METHODS),
        columns=columns | frozenset(ALWAYS) if columns else DEFAULT_COLUMNS,
    )


def _text(asked: QueryDict, name: str) -> str:
    text = asked.get(name, "").strip()[:MAX_CHARACTERS]
    return text if text.isprintable() else ""


def _one_of(asked: QueryDict, name: str, known: Any) -> str:
    value = asked.get(name, "")
    return value if value in known else ""
