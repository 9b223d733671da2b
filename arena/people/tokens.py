"""Tokens of programs: made, revoked, and looked up from the header of a request, where cookies do not count."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import AbstractUser, User
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from arena.models import ApiToken, Voter
from arena.models.audit import Action
from arena.models.tokens import Scope
from arena.models.voters import MayDo
from arena.people.audit import record
from arena.people.modes import is_open

#: So that a token in a file is known for what it is.
_MARK = "agon_"
_ASKED_OF_ACCOUNTS = {Scope.PLAY: MayDo.PLAY, Scope.EXPORT: MayDo.ANALYSE, Scope.OPERATE: MayDo.OPERATE}


class NameIsTaken(Exception):
    """A name that another token has, revoked or not."""


def issue_token(
    name: str,
    *,
    scopes: Iterable[str] = (Scope.READ, Scope.PLAY),
    account: User | None = None,
    expires: datetime | None = None,
    request: HttpRequest | None = None,
    now: datetime,
) -> str:
    """Return the secret of a new token, which has a voter of its own. Raises NameIsTaken.

    The secret is stored nowhere and never shown again. account: whose it is; it opens nothing that this account may
    not do. request: of whoever makes it; None on the command line.
    """
    secret = _MARK + secrets.token_urlsafe(32)
    with transaction.atomic():
        if ApiToken.objects.filter(name=name).exists():
            raise NameIsTaken
        # The voter has no key: no cookie can ever be this voter's.
        voter = Voter.objects.create()
        opened = " ".join(scope.value for scope in Scope if scope in set(scopes))
        ApiToken.objects.create(
            name=name,
            digest=_digest(secret),
            voter=voter,
            account=account,
            scopes=opened,
            expires=expires,
            created=now,
        )
        record(request, Action.TOKEN_MADE, name, scopes=opened, account=account.get_username() if account else "")
    return secret


def revoke_token(token: ApiToken, *, request: HttpRequest | None = None, now: datetime) -> bool:
    """Revoke the token, and tell whether it was not revoked before. Its battles and votes stay."""
    with transaction.atomic():
        changed = ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=now)
        if changed:
            record(request, Action.TOKEN_REVOKED, token.name)
    return bool(changed)


def scopes_of(account: AbstractUser) -> list[Scope]:
    """Return what a token of this account can open at this moment."""
    return [scope for scope in Scope if _may(account, scope)]


def may_use(token: ApiToken, scope: Scope) -> bool:
    """Tell whether the token opens this now: by its scopes, and by what its account may do at this moment."""
    return scope in token.opens and (token.account is None or _may(token.account, scope))


def still_holds(token: ApiToken, scope: Scope) -> bool:
    """Tell whether a token that was let in a while ago would be let in now."""
    now_stored = ApiToken.objects.valid(timezone.now()).select_related("account").filter(pk=token.pk).first()
    return now_stored is not None and may_use(now_stored, scope)


def _may(account: AbstractUser, scope: Scope) -> bool:
    asked = _ASKED_OF_ACCOUNTS.get(scope)
    return asked is None or (scope == Scope.PLAY and is_open()) or account.has_perm(f"arena.{asked}")


def token_of(secret: str, *, now: datetime) -> ApiToken | None:
    """Return the valid token of this secret, or None. Notes the day on which it was used."""
    # Found by its digest: how long the search takes tells of digests, and these lead to no secret.
    token = ApiToken.objects.valid(now).select_related("voter", "account").filter(digest=_digest(secret)).first()
    if token is not None and token.last_used != now.date():
        ApiToken.objects.filter(pk=token.pk).update(last_used=now.date())
    return token


def is_from_reading_program(request: HttpRequest) -> bool:
    """Tell whether the request brings a token with which a program may read."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    token = token_of(secret, now=timezone.now()) if kind.lower() == "bearer" and secret else None
    return token is not None and may_use(token, Scope.READ)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
