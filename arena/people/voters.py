"""The voter who is asking: the account's where somebody is signed in, else by a signed cookie.

A visitor who only reads gets no cookie, and where no session came with the request nothing is asked of accounts.
"""

import hashlib
import secrets

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from arena.models import Voter, VoterLink
from arena.models.links import LinkRule
from arena.people.cookies import give_signed, signed_value

COOKIE = "voter"


def known_voter(request: HttpRequest) -> Voter | None:
    """Return the voter who casts what this request asks for, or None where it has none yet."""
    account = signed_in(request)
    return (_voters_of_account(account).first() if account else None) or voter_of_cookie(request)


def voters_of(request: HttpRequest) -> "QuerySet[Voter]":
    """Return the voters whose battles whoever asks may see, for another query to ask about; none without a key.

    With an account these are its own voter and those that became the same person by signing in.
    """
    return _voters_of(signed_in(request), request.COOKIES.get(COOKIE, ""))


def signed_in(request: HttpRequest) -> User | None:
    """Return the account that asks, or None. Without a session it costs no query."""
    session = getattr(request, "session", None)
    if session is None or not session.session_key:
        return None
    return request.user if isinstance(request.user, User) else None


def voter_of_cookie(request: HttpRequest) -> Voter | None:
    """Return the voter whose key this browser holds, whoever is signed in, or None."""
    return _voters_of_cookie(request.COOKIES.get(COOKIE, "")).first()


def new_voter() -> tuple[Voter, str]:
    """Return a voter, not stored yet, and the key that only its browser is to hold."""
    key = secrets.token_hex(16)
    return Voter(key_digest=_digest(key)), key


def voter_of_browser(request: HttpRequest, response: HttpResponse) -> Voter:
    """Return the voter who asks, a new one where there is none, whose key goes to the browser with this response."""
    if known := known_voter(request):
        return known
    voter, key = new_voter()
    voter.save()
    remember_voter(response, key)
    return voter


def remember_voter(response: HttpResponse, key: str) -> None:
    """Give the key to the browser, in a signed cookie."""
    give_signed(response, COOKIE, key)


def forget_key(response: HttpResponse) -> None:
    """Take the key from the browser."""
    response.delete_cookie(COOKIE, path=settings.BASE_PATH, samesite="Lax")


def _voters_of(account: User | None, cookie: str) -> "QuerySet[Voter]":
    if account is None:
        return _voters_of_cookie(cookie)
    links = VoterLink.objects.that_hold().filter(rule=LinkRule.ACCOUNT, into__account_voter__account=account)
    joined = Q(pk__in=_voters_of_account(account).values("pk")) | Q(pk__in=links.values("voter"))
    of_browser = Q(pk__in=_voters_of_cookie(cookie).values("pk"))
    return Voter.objects.filter(joined | of_browser, erased_at__isnull=True)


def _voters_of_account(account: User) -> "QuerySet[Voter]":
    return Voter.objects.filter(account_voter__account=account, erased_at__isnull=True)


def _voters_of_cookie(value: str) -> "QuerySet[Voter]":
    key = signed_value(COOKIE, value)
    return Voter.objects.none() if key is None else Voter.objects.filter(key_digest=_digest(key))


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
