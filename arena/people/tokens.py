"""Tokens of programs: made, revoked, and looked up from the header of a request, where cookies do not count."""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from arena.models import ApiToken, Voter

#: So that a token in a file is known for what it is.
_MARK = "agon_"


class NameIsTaken(Exception):
    """A name that another token has, revoked or not."""


def issue_token(name: str, *, is_staff: bool = False, now: datetime) -> str:
    """Return the secret of a new token, which has a voter of its own. Raises NameIsTaken.

    The secret is stored nowhere and never shown again.
    """
    secret = _MARK + secrets.token_urlsafe(32)
    with transaction.atomic():
        if ApiToken.objects.filter(name=name).exists():
            raise NameIsTaken
        # The voter has no key: no cookie can ever be this voter's.
        voter = Voter.objects.create()
        ApiToken.objects.create(name=name, digest=_digest(secret), voter=voter, is_staff=is_staff, created=now)
    return secret


def revoke_token(token: ApiToken, *, now: datetime) -> bool:
    """Revoke the token, and tell whether it was valid before. Its battles and votes stay."""
    return bool(ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=now))


def token_of(secret: str, *, now: datetime) -> ApiToken | None:
    """Return the valid token of this secret, or None. Notes the day on which it was used."""
    # Found by its digest: how long the search takes tells of digests, and these lead to no secret.
    token = ApiToken.objects.valid().select_related("voter").filter(digest=_digest(secret)).first()
    if token is not None and token.last_used != now.date():
        ApiToken.objects.filter(pk=token.pk).update(last_used=now.date())
    return token


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
