"""The newest board as rows for a page, and the wake-up that carries them to open pages."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from http.cookies import SimpleCookie
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext_lazy as _

from arena.models import BenchmarkScore, LanguageModel, Rating, RatingSnapshot, Vote
from arena.models.catalog import Kind, State

#: In words, by the codes of ratings.standings.Reason.
PROVISIONAL = {
    "undefeated": _("has not lost yet"),
    "winless": _("has not won yet"),
    "few_votes": _("too few votes"),
    "no_residual": _("only expected results so far"),
    "outside_core": _("wins and losses do not connect yet"),
}


@dataclass(frozen=True)
class Whisker:
    """The interval on the scale that all rows share, in percent of its width."""

    start: float
    width: float
    middle: float


@dataclass(frozen=True)
class BoardRow:
    """One entry. Entries without votes have only a name and a card."""

    name: str
    slug: str
    organisation: str
    licence: str
    kind: str
    rank: str = ""
    rating: float | None = None
    lower: float | None = None
    upper: float | None = None
    elo: float | None = None
    votes: float = 0.0
    win_percent: float | None = None
    both_bad_percent: float | None = None
    provisional: str = ""
    whisker: Whisker | None = None


@dataclass(frozen=True)
class BoardGroup:
    """Entries that have met, directly or through others. Ratings of different groups are never compared."""

    number: int
    rows: tuple[BoardRow, ...]


@dataclass(frozen=True)
class LeaderboardPage:
    groups: tuple[BoardGroup, ...]
    unrated: tuple[BoardRow, ...]
    models: int
    votes: int
    published: datetime | None
    last_vote: datetime | None
    snapshot: int | None
    has_benchmarks: bool


SORTS: dict[str, Callable[[BoardRow], Any]] = {
    "rating": lambda row: row.rating,
    "elo": lambda row: row.elo,
    "votes": lambda row: row.votes,
    "win_rate": lambda row: row.win_percent,
    "both_bad": lambda row: row.both_bad_percent,
    "model": lambda row: row.name.casefold(),
    "organisation": lambda row: row.organisation.casefold(),
    "licence": lambda row: row.licence.casefold(),
}
DESCENDING = {"rating", "elo", "votes", "win_rate", "both_bad"}


def newest_leaderboard(*, sort: str = "rating", is_reversed: bool = False) -> LeaderboardPage:
    """The newest board, its rows sorted within each group. sort: a key of SORTS."""
    snapshot = RatingSnapshot.objects.newest()
    ratings = list(snapshot.ratings.select_related("model")) if snapshot else []
    groups = board_groups(ratings, sort=sort, is_reversed=is_reversed)
    rated = {rating.model_id for rating in ratings}
    drawn = LanguageModel.objects.filter(state=State.ACTIVE).exclude(kind=Kind.MODERATOR)
    unrated = drawn.exclude(pk__in=rated)
    return LeaderboardPage(
        groups=groups,
        unrated=tuple(BoardRow(**_card(model)) for model in unrated),
        models=len(rated) + len(unrated),
        votes=snapshot.votes if snapshot else 0,
        published=snapshot.published if snapshot else None,
        last_vote=Vote.objects.order_by("-pk").values_list("cast_at", flat=True).first(),
        snapshot=snapshot.pk if snapshot else None,
        has_benchmarks=BenchmarkScore.objects.exists(),
    )


def push_leaderboard() -> None:
    """Send the newest rows to all open pages, rendered once a language."""
    page, send = newest_leaderboard(), async_to_sync(get_channel_layer().group_send)
    for language, _name in settings.LANGUAGES:
        with override(language):
            rows = render_to_string("leaderboard/_table_body.html", {"board": page})
            facts = render_to_string("leaderboard/_facts.html", {"board": page})
        send(group_of_language(language), {"type": "leaderboard.published", "rows": rows, "facts": facts})


def group_of_language(language: str) -> str:
    return f"leaderboard.{language}"


def language_of(scope: dict[str, Any]) -> str:
    """The language of the page that opened this socket, found as Django finds it for a request."""
    headers = dict(scope["headers"])
    cookies = {
        name: morsel.value for name, morsel in SimpleCookie(headers.get(b"cookie", b"").decode("latin-1")).items()
    }
    accepted = headers.get(b"accept-language", b"").decode("latin-1")
    return get_language_from_request(_Asking(cookies, {"HTTP_ACCEPT_LANGUAGE": accepted}))  # type: ignore[arg-type]


@dataclass(frozen=True)
class _Asking:
    """As much of a request as Django's choice of a language reads."""

    COOKIES: dict[str, str]
    META: dict[str, str]


def board_groups(
    ratings: Collection[Rating], *, sort: str = "rating", is_reversed: bool = False
) -> tuple[BoardGroup, ...]:
    """The rows of one board, sorted within each group. ratings: with their models. sort: a key of SORTS."""
    low = min((rating.lower for rating in ratings), default=0.0)
    high = max((rating.upper for rating in ratings), default=1.0)
    rows: dict[int, list[BoardRow]] = {}
    for rating in ratings:
        rows.setdefault(rating.group, []).append(_row(rating, low, high))
    return tuple(
        BoardGroup(number + 1, tuple(_sorted(rows[group], sort, is_reversed)))
        for number, group in enumerate(sorted(rows))
    )


def _sorted(rows: Iterable[BoardRow], sort: str, is_reversed: bool) -> list[BoardRow]:
    return sorted(rows, key=SORTS[sort], reverse=(sort in DESCENDING) != is_reversed)


def _row(rating: Rating, low: float, high: float) -> BoardRow:
    return BoardRow(
        **_card(rating.model),
        rank=rating.ranks,
        rating=rating.rating,
        lower=rating.lower,
        upper=rating.upper,
        elo=rating.elo,
        votes=rating.votes,
        win_percent=100 * rating.win_rate,
        both_bad_percent=100 * rating.both_bad_rate,
        provisional=str(PROVISIONAL[rating.provisional]) if rating.provisional else "",
        whisker=_whisker(rating, low, high),
    )


def _card(model: LanguageModel) -> dict[str, Any]:
    return {
        "name": model.display_name,
        "slug": model.slug,
        "organisation": model.organisation,
        "licence": model.licence,
        "kind": model.get_kind_display(),
    }


def _whisker(rating: Rating, low: float, high: float) -> Whisker:
    percent = 100 / (high - low)
    start = (rating.lower - low) * percent
    return Whisker(
        round(start, 2),
        round((rating.upper - rating.lower) * percent, 2),
        round((rating.rating - low) * percent, 2),
    )
