"""The page of an invitation, by which people come in."""

from http import HTTPStatus
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from arena.models import Invitation
from arena.models.invitations import Opens
from arena.people.forms import NewAccountForm
from arena.people.groups import join as join_group
from arena.people.invitations import (
    InvitationIsOver,
    invitation_by,
    invitation_of,
    is_of,
    join_with,
    join_without_account,
    new_account,
)
from arena.people.roles import TITLES
from arena.people.tries import is_guessing
from arena.people.voters import voter_of_browser


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Show what an invitation opens, and on POST let in: a look, such as a chat's preview, uses nothing up."""
    try:
        invitation = invitation_by(token, now=timezone.now())
        return _come_in(request, invitation) if request.method == "POST" else _page(request, invitation)
    except InvitationIsOver as refusal:
        return _over(request, token, refusal)


def _come_in(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    now, response = timezone.now(), redirect("home")
    if invitation.opens != Opens.ACCOUNT:
        join_without_account(invitation, request, response=response, now=now)
        return _in_its_group(request, invitation, response)
    if isinstance(request.user, User):
        join_with(invitation, request.user, request=request, now=now)
        return _in_its_group(request, invitation, response)
    form = NewAccountForm(request.POST)
    if not form.is_valid():
        return _page(request, invitation, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    said = form.cleaned_data
    new_account(invitation, said["username"], said["password"], request=request, now=now)
    return _in_its_group(request, invitation, response)


def _in_its_group(request: HttpRequest, invitation: Invitation, response: HttpResponse) -> HttpResponse:
    """Put whoever came in into the group of the invitation, if it has one."""
    if invitation.group is not None:
        join_group(invitation.group, voter_of_browser(request, response), now=timezone.now())
    return response


def _page(
    request: HttpRequest, invitation: Invitation, *, form: NewAccountForm | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    context: dict[str, Any] = {
        "invitation": invitation,
        "role": TITLES.get(invitation.role, ""),
        "form": form or NewAccountForm(),
        "opens_account": invitation.opens == Opens.ACCOUNT,
        "sign_in": redirect_to_login(request.get_full_path()).url,
    }
    return render(request, "people/join.html", context, status=status)


def _over(request: HttpRequest, token: str, refusal: InvitationIsOver) -> HttpResponse:
    known = invitation_of(request, now=timezone.now())
    if known is not None and is_of(known, token):
        return redirect("home")
    status = HTTPStatus.TOO_MANY_REQUESTS if is_guessing(request, "join") else refusal.status
    return render(request, "people/over.html", {"refusal": refusal}, status=status)
