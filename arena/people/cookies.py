"""Cookies by which a browser is known again for half a year: signed, and never seen by a script."""

from django.conf import settings
from django.core import signing
from django.http import HttpResponse

SECONDS = 180 * 24 * 3600


def give_signed(response: HttpResponse, name: str, value: str) -> None:
    """Give the browser a signed cookie of this name."""
    response.set_cookie(
        name,
        _signer(name).sign(value),
        max_age=SECONDS,
        path=settings.BASE_PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def signed_value(name: str, cookie: str) -> str | None:
    """Return what was signed in the cookie of this name, or None where nothing of ours is in it."""
    try:
        return _signer(name).unsign(cookie)
    except signing.BadSignature:
        return None


def _signer(name: str) -> signing.Signer:
    return signing.Signer(salt=f"arena.{name}")
