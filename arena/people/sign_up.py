"""Who may make an account: people with an address at a domain that the operator names, or an invitation."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from arena.models import Invitation
from arena.models.invitations import Opens
from arena.models.voters import MayDo
from arena.people.groups import join
from arena.people.invitations import InvitationIsOver, invitation_by, join_with


def may_sign_up(request: HttpRequest) -> bool:
    """Tell whether this visitor may make an account."""
    return bool(settings.SIGN_IN_DOMAINS)


def domain_is_allowed(email: str) -> bool:
    """Tell whether an account may have this address."""
    domains = {domain.casefold().lstrip("@") for domain in settings.SIGN_IN_DOMAINS}
    return not domains or email.rpartition("@")[2].casefold() in domains


def invitation_at(address: str | None, *, now: datetime) -> Invitation | None:
    """Return the invitation to an account whose page is at this address, if it still lets somebody in."""
    try:
        match = resolve(urlsplit(address or "").path)
        invitation = invitation_by(match.kwargs["token"], now=now) if match.url_name == "join" else None
    except (Resolver404, InvitationIsOver):
        return None
    return invitation if invitation and invitation.opens == Opens.ACCOUNT else None


def take_up(invitation: Invitation, account: User, *, request: HttpRequest, now: datetime) -> None:
    """Give a new account what its invitation opens. Raises InvitationIsOver."""
    join_with(invitation, account, request=request, now=now)
    if invitation.group is not None:
        join(invitation.group, account.own_voter.voter, now=now)


def let_play(account: User) -> None:
    """Let a new account play, where the arena is not open to all anyway."""
    account.groups.add(*Group.objects.filter(name=MayDo.PLAY))


def sign_up_context(request: HttpRequest) -> dict[str, bool]:
    """Return what templates ask of who may come in."""
    return {
        "offers_sign_up": may_sign_up(request),
        "offers_sign_in": bool(settings.OIDC_URL or settings.SIGN_IN_DOMAINS),
    }
