"""Who is asking: the voter behind a signed cookie. A visitor who only reads gets no cookie."""

import hashlib
import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, parse_cookie

from arena.models import Voter

COOKIE = "voter"
COOKIE_SECONDS = 180 * 24 * 3600
_SALT = "arena.voter"


def known_voter(request: HttpRequest) -> Voter | None:
    """The voter whose key this browser holds, or None."""
    return _voter_of_cookie(request.COOKIES.get(COOKIE, ""))


def voter_of_scope(scope: dict[str, Any]) -> Voter | None:
    """The same for a WebSocket's connection scope. Reads the database."""
    header = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
    return _voter_of_cookie(parse_cookie(header).get(COOKIE, ""))


def new_voter() -> tuple[Voter, str]:
    """A voter not yet stored, and the key that only its browser is to hold."""
    key = secrets.token_hex(16)
    return Voter(key_digest=_digest(key)), key


def remember_voter(response: HttpResponse, key: str) -> None:
    """Give the key to the browser."""
    response.set_cookie(
        COOKIE,
        signing.Signer(salt=_SALT).sign(key),
        max_age=COOKIE_SECONDS,
        path=settings.BASE_PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _voter_of_cookie(value: str) -> Voter | None:
    try:
        key = signing.Signer(salt=_SALT).unsign(value)
    except signing.BadSignature:
        return None
    return Voter.objects.filter(key_digest=_digest(key)).first()


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
