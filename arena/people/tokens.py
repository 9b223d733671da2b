"""Who is asking where a program asks: the token in its header. Cookies do not count there."""

import hashlib
import secrets
from datetime import datetime

from arena.models import ApiToken, Voter

#: So that a token in a file is known for what it is.
_MARK = "agon_"


def new_token(name: str, *, is_staff: bool, now: datetime) -> tuple[ApiToken, str]:
    """A token not yet stored, with a voter not yet stored, and the secret that only its program is to hold."""
    secret = _MARK + secrets.token_urlsafe(32)
    # The voter has no key: no cookie can ever be this voter's.
    token = ApiToken(name=name, digest=_digest(secret), voter=Voter(), is_staff=is_staff, created=now)
    return token, secret


def token_of(secret: str, *, now: datetime) -> ApiToken | None:
    """The valid token of this secret. Notes the day.

    Found by its digest: how long the search takes tells of digests, which lead to no secret.
    """
    token = ApiToken.objects.valid().select_related("voter").filter(digest=_digest(secret)).first()
    if token is not None and token.last_used != now.date():
        ApiToken.objects.filter(pk=token.pk).update(last_used=now.date())
    return token


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
