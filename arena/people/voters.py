"""The voter who is asking, by a signed cookie. A visitor who only reads gets no cookie."""

import hashlib
import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, parse_cookie

from arena.models import Voter

COOKIE = "voter"
COOKIE_SECONDS = 180 * 24 * 3600
_SALT = "arena.voter"


def known_voter(request: HttpRequest) -> Voter | None:
    """Return the voter whose key this browser holds, or None."""
    return voters_of(request).first()


def voters_of(request: HttpRequest) -> "QuerySet[Voter]":
    """Return the voter whose key this browser holds, for another query to ask about; none without a key."""
    return _voters_of_cookie(request.COOKIES.get(COOKIE, ""))


def voter_of_scope(scope: dict[str, Any]) -> Voter | None:
    """Return the voter whose key the browser of this WebSocket's scope holds, or None. Reads the database."""
    header = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
    return _voters_of_cookie(parse_cookie(header).get(COOKIE, "")).first()


def new_voter() -> tuple[Voter, str]:
    """Return a voter, not stored yet, and the key that only its browser is to hold."""
    key = secrets.token_hex(16)
    return Voter(key_digest=_digest(key)), key


def remember_voter(response: HttpResponse, key: str) -> None:
    """Give the key to the browser, in a signed cookie."""
    response.set_cookie(
        COOKIE,
        signing.Signer(salt=_SALT).sign(key),
        max_age=COOKIE_SECONDS,
        path=settings.BASE_PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _voters_of_cookie(value: str) -> "QuerySet[Voter]":
    try:
        key = signing.Signer(salt=_SALT).unsign(value)
    except signing.BadSignature:
        return Voter.objects.none()
    return Voter.objects.filter(key_digest=_digest(key))


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
