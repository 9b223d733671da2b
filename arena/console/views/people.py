"""Who may do what: accounts, their permissions, and a link by which somebody sets a password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from arena.console.permissions import asks, frame
from arena.console.tables import PEOPLE
from arena.models import AccountVoter
from arena.models.audit import Action
from arena.models.voters import MayDo
from arena.people.accounts import (
    GRANTABLE,
    CannotChange,
    add_account,
    changes_of,
    password_link,
    people,
    person,
    set_locked,
    set_permissions,
)
from arena.people.audit import record
from arena.people.forms import AccountForm
from arena.people.links import pseudonyms_of
from arena.people.permissions import may

HERE = {"here": "console_people"}
#: What each permission means, in the words of the page.
MEANINGS = {
    MayDo.PLAY: gettext_lazy("battle and vote, where the arena is not open to all"),
    MayDo.OPERATE: gettext_lazy("see how the arena is, change entries and prompts, bring files in"),
    MayDo.REVIEW: gettext_lazy("exclude and restore votes"),
    MayDo.ANALYSE: gettext_lazy("take votes and boards out"),
    MayDo.OWN: gettext_lazy("all of this, and decide who may do what"),
    MayDo.SEE_PEOPLE: gettext_lazy("see which person a voter is; no other permission has this, and each look is noted"),
}


class SetPassword(PasswordResetConfirmView):
    """Django's page of a link for a password, in the arena's face. The link works once, and for three days."""

    template_name = "console/password.html"
    success_url = reverse_lazy("account_login")


@require_http_methods(["GET", "HEAD", "POST"])
@asks(MayDo.OWN)
def people_page(request: HttpRequest) -> HttpResponse:
    """List the accounts, or add one."""
    form = AccountForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        account = add_account(form.cleaned_data["username"], by=_asker(request))
        messages.success(
            request, _("%(name)s is added. Say what the account may do, and make its link.") % {"name": account}
        )
        return redirect("console_person", account.pk)
    context = {"form": form, "table": PEOPLE, "rows": people(), "changes": changes_of()}
    return render(request, "console/people.html", context | HERE | frame(request), status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@asks(MayDo.OWN)
def person_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what an account may do, and why; or change it."""
    account = get_object_or_404(User, pk=pk)
    if request.method != "POST":
        return _person_page(request, account)
    try:
        changed = set_permissions(account, request.POST.getlist("may"), by=_asker(request))
    except CannotChange as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(request, _("Saved. It holds from the next page on.") if changed else _("Nothing has changed."))
    return redirect("console_person", pk)


@require_POST
@asks(MayDo.OWN)
def lock(request: HttpRequest, pk: int) -> HttpResponse:
    """Lock an account out, or let it in again."""
    try:
        set_locked(get_object_or_404(User, pk=pk), is_locked=request.POST.get("lock") == "yes", by=_asker(request))
    except CannotChange as refusal:
        messages.error(request, str(refusal.sentence))
    return redirect("console_person", pk)


@require_POST
@asks(MayDo.OWN)
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a link by which the account's holder sets a password; it is stored nowhere."""
    account = get_object_or_404(User, pk=pk)
    try:
        parts = password_link(account, by=_asker(request))
    except CannotChange as refusal:
        messages.error(request, str(refusal.sentence))
        return redirect("console_person", pk)
    address = request.build_absolute_uri(reverse("console_password", args=parts))
    return _person_page(request, account, address=address)


@require_POST
@asks(MayDo.SEE_PEOPLE)
def voter(request: HttpRequest, pk: int) -> HttpResponse:
    """Show which voter this person is. Each look is in the audit log."""
    account = get_object_or_404(User, pk=pk)
    record(request, Action.LOOKED_AT_PEOPLE, account.get_username())
    own = AccountVoter.objects.filter(account=account).first()
    voters = sorted(map(str, pseudonyms_of(own.voter_id))) if own else []
    return render(request, "console/person_voter.html", {"person": account, "voters": voters} | HERE | frame(request))


def _person_page(request: HttpRequest, account: User, **context: Any) -> HttpResponse:
    shown = {
        "person": person(account.pk),
        "permissions": [(permission.value, MEANINGS[permission]) for permission in GRANTABLE],
        "changes": changes_of(account),
        "may_see_people": may(request, MayDo.SEE_PEOPLE),
        "is_self": account.pk == request.user.pk,
    }
    return render(request, "console/person.html", shown | context | HERE | frame(request))


def _asker(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
