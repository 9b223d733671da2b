"""New rows for open pages: rendered once a language by whoever publishes, and read once by each web process."""

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import parse_cookie
from django.template.loader import render_to_string
from django.utils.translation import get_language_from_request, override

from arena.answers import events
from arena.leaderboard.page import Facts, facts_of
from arena.leaderboard.table import table, table_key
from arena.leaderboard.view import View
from arena.models import RatingSnapshot


def push_leaderboard() -> None:
    """Send what everybody sees first to all open pages. Raises redis.RedisError."""
    with events.one_at_a_time():
        snapshot = RatingSnapshot.objects.newest()
        facts = facts_of(snapshot)
        for language, _name in settings.LANGUAGES:
            message = _message(language, snapshot, facts)
            events.publish_board(language, events.Board(str(facts.snapshot or 0), message))


def _message(language: str, snapshot: RatingSnapshot | None, facts: Facts) -> str:
    with override(language):
        shown = table(table_key(View(), language, snapshot))
        lines = {
            name: render_to_string(f"leaderboard/_{name}.html", {"facts": facts}) for name in ("facts", "sureness")
        }
    return json.dumps({"head": shown.head, "rows": shown.body, **lines})


def socket_language(scope: dict[str, Any]) -> str:
    """Return the language of the page that opened this socket, chosen as Django chooses it for a request."""
    headers = dict(scope["headers"])
    cookies = parse_cookie(headers.get(b"cookie", b"").decode("latin-1"))
    accepted = headers.get(b"accept-language", b"").decode("latin-1")
    return get_language_from_request(_LanguageRequest(cookies, {"HTTP_ACCEPT_LANGUAGE": accepted}))  # type: ignore[arg-type]


@dataclass(frozen=True)
class _LanguageRequest:
    """The part of a request from which Django chooses a language."""

    COOKIES: dict[str, str]
    META: dict[str, str]
