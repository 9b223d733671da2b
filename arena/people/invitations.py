"""Invitations: links that let people in. They are made, opened and revoked here, and each of it is in the audit log.

The link's token is stored nowhere: who lost a link gets another one.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from arena.models import Invitation, VoterGroup
from arena.models.audit import Action
from arena.models.invitations import Opens
from arena.people.accounts import grant
from arena.people.audit import record
from arena.people.cookies import give_signed, signed_value
from arena.people.refusals import Refusal
from arena.people.roles import ROLES
from arena.people.sign_in import sign_in

COOKIE = "invitation"


class InvitationIsOver(Refusal):
    """An invitation that lets nobody in any more: used up, too old, revoked, or never made."""

    kind, status = "invitation-is-over", HTTPStatus.GONE
    sentence = _("This invitation has been used, has ended or was taken back. Ask whoever sent it for another one.")


@dataclass(frozen=True)
class Wish:
    """An invitation that somebody wants. role: of the account, where it opens one. quota: None for any number."""

    name: str
    opens: Opens
    role: str = ""
    group: VoterGroup | None = None
    expires: datetime | None = None
    quota: int | None = None


def invite(wish: Wish, *, request: HttpRequest | None, now: datetime) -> tuple[Invitation, str]:
    """Return a new invitation and its token, which is shown once. request: None on the command line."""
    token = secrets.token_urlsafe(24)
    by = request.user.get_username() if request else ""
    with transaction.atomic():
        invitation = Invitation.objects.create(
            name=wish.name,
            digest=_digest(token),
            opens=wish.opens,
            role=wish.role,
            group=wish.group,
            by=by,
            created=now,
            expires=wish.expires,
            quota=wish.quota,
        )
        record(request, Action.INVITED, wish.name, opens=wish.opens, gives=wish.role, quota=wish.quota)
    return invitation, token


def path_of(token: str) -> str:
    """Return the address of the link on this site."""
    return reverse("join", args=[token])


def invitation_by(token: str, *, now: datetime) -> Invitation:
    """Return the invitation of this token, which still lets somebody in. Raises InvitationIsOver."""
    found = Invitation.objects.outstanding(now).select_related("group").filter(digest=_digest(token)).first()
    if found is None:
        raise InvitationIsOver
    return found


def is_of(invitation: Invitation, token: str) -> bool:
    """Tell whether this is the token of the invitation."""
    return secrets.compare_digest(invitation.digest, _digest(token))


def revoke_invitation(invitation: Invitation, *, request: HttpRequest, now: datetime) -> bool:
    """Let nobody in by it any more, nor go on by it without an account; tell whether that is a change."""
    with transaction.atomic():
        changed = Invitation.objects.filter(pk=invitation.pk, revoked_at__isnull=True).update(revoked_at=now)
        if changed:
            record(request, Action.INVITATION_REVOKED, invitation.name)
    return bool(changed)


def new_account(invitation: Invitation, name: str, password: str, *, request: HttpRequest, now: datetime) -> User:
    """Sign in with a new account that has the role of the invitation, and return it. Raises InvitationIsOver."""
    with transaction.atomic():
        _use(invitation, now=now)
        account = User.objects.create_user(name, password=password)
        # Before, so that the log tells in which role somebody came in.
        grant(account, ROLES[invitation.role])
        sign_in(request, account)
        _note_joining(invitation, request)
    return account


def join_with(invitation: Invitation, account: User, *, request: HttpRequest, now: datetime) -> None:
    """Give an account that is there already the role of the invitation too. Raises InvitationIsOver."""
    with transaction.atomic():
        _use(invitation, now=now)
        grant(account, ROLES[invitation.role])
        _note_joining(invitation, request)


def join_without_account(
    invitation: Invitation, request: HttpRequest, *, response: HttpResponse, now: datetime
) -> None:
    """Let this browser in for as long as the invitation holds. Raises InvitationIsOver."""
    if (known := invitation_of(request, now=now)) is None or known.pk != invitation.pk:
        with transaction.atomic():
            _use(invitation, now=now)
            record(request, Action.JOINED, invitation.name, opens=invitation.opens)
    give_signed(response, COOKIE, str(invitation.pk))


def invitation_of(request: HttpRequest, *, now: datetime) -> Invitation | None:
    """Return the invitation by which this browser came in without an account, if it still holds."""
    pk = signed_value(COOKIE, request.COOKIES.get(COOKIE, ""))
    if pk is None:
        return None
    return Invitation.objects.valid(now).filter(pk=pk).exclude(opens=Opens.ACCOUNT).first()


def _use(invitation: Invitation, *, now: datetime) -> None:
    """Count one more whom it lets in. Of two who come for the last place one is let in: raises InvitationIsOver."""
    if not Invitation.objects.outstanding(now).filter(pk=invitation.pk).update(uses=F("uses") + 1):
        raise InvitationIsOver


def _note_joining(invitation: Invitation, request: HttpRequest) -> None:
    group = invitation.group.slug if invitation.group else ""
    record(request, Action.JOINED, invitation.name, gives=invitation.role, group=group)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
