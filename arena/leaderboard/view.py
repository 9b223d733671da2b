"""What the query of an address selects of the leaderboard."""

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
    """Which board to show, and how.

    sort: a key of SORTS; columns: of COLUMNS; method: one of METHODS, empty for the published ratings.
    """

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
        wanted = {"organisation": row.organisation, "licence": row.licence, "kind": row.kind}
        return all(getattr(self, name) in ("", value) for name, value in wanted.items())

    @property
    def kept_parameters(self) -> list[tuple[str, str]]:
        """The part of the query that the form of filters keeps: which board, in which order."""
        return View(self.category, self.sort, self.is_reversed).parameters()

    def address(self, **changes: Any) -> str:
        """Return the query that gives this view with some changes, with its question mark."""
        return "?" + urlencode(replace(self, **changes).parameters())

    def parameters(self) -> list[tuple[str, str]]:
        """Return names and values of the query, without the defaults."""
        pairs = [("category", self.category)] if self.category != OVERALL else []
        pairs += [("sort", self.sort)] if self.sort != "rating" else []
        pairs += [("order", "reversed")] if self.is_reversed else []
        texts = ("search", "organisation", "licence", "kind", "size", "method")
        pairs += [(name, getattr(self, name)) for name in texts if getattr(self, name)]
        pairs += [("open", "1")] if self.is_open else []
        if self.columns != DEFAULT_COLUMNS:
            pairs += [("columns", key) for key in COLUMNS if key in self.columns]
        return pairs


def view_of(query: QueryDict) -> View:
    """Return the view that a query selects; a value that is wrong is as if it were not there."""
    sort, category = query.get("sort", ""), query.get("category") or OVERALL
    columns = frozenset(query.getlist("columns")) & frozenset(COLUMNS)
    return View(
        category=category,
        sort=sort if sort in SORTS else "rating",
        is_reversed=query.get("order") == "reversed",
        search=_text(query, "search"),
        organisation=_text(query, "organisation"),
        licence=_text(query, "licence"),
        kind=_one_of(query, "kind", Kind.values),
        size=_one_of(query, "size", SIZES),
        is_open=bool(query.get("open")),
        # The full-scan boards are not made from counts.
        method="" if category in FULL_SCAN else _one_of(query, "method", METHODS),
        columns=columns | frozenset(ALWAYS) if columns else DEFAULT_COLUMNS,
    )


def _text(query: QueryDict, name: str) -> str:
    text = query.get(name, "").strip()[:MAX_CHARACTERS]
    return text if text.isprintable() else ""


def _one_of(query: QueryDict, name: str, known: Any) -> str:
    value = query.get(name, "")
    return value if value in known else ""
