"""The pages of a voter's own past: battles, a board of the own votes, and the erasure of key and texts."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from arena.conf.branding import name_in_files
from arena.history.account import account_as_data
from arena.history.forget import LastOwner, forget_account, forget_voter, refuse_last_owner
from arena.history.past_battles import PAGE_SIZE, battles_of, data_of, past_battles, texts_agreed_to
from arena.history.personal_board import personal_board
from arena.models.audit import Action
from arena.people.audit import record
from arena.people.voters import forget_key, known_voter, voters_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@require_safe
@never_cache
def history(request: HttpRequest) -> HttpResponse:
    """Return a page of the visitor's battles. ?page= counts from 1."""
    voter = known_voter(request)
    own = battles_of(voters_of(request))
    page = Paginator(own, PAGE_SIZE).get_page(request.GET.get("page")) if voter else None
    shown = list(page.object_list) if page else []
    battles = past_battles(shown, now=timezone.now())
    versions = sorted({battle.consent_version for battle in shown if battle.consent_version}, reverse=True)
    context = {"page": page, "battles": battles, "versions": versions, "is_erased": "erased" in request.GET}
    return render(request, "history/history.html", context)


@require_safe
@never_cache
def board(request: HttpRequest) -> HttpResponse:
    """Return the page of the visitor's own board beside everyone's."""
    voter = known_voter(request)
    return render(request, "history/board.html", {"board": personal_board(voter) if voter else None})


@require_safe
@never_cache
def data(request: HttpRequest) -> HttpResponse:
    """Return all that is stored of the visitor, as a file."""
    voter = known_voter(request)
    battles = data_of(voters_of(request), now=timezone.now()) if voter else []
    stored: dict[str, Any] = {"battles": battles}
    if account := _account(request):
        stored["account"] = account_as_data(account)
    if battles:
        stored["texts_agreed_to"] = texts_agreed_to(battle["consent_version"] for battle in battles)
    response = JsonResponse(stored, json_dumps_params={"ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="{name_in_files()}-my-battles.json"'
    return response


_UNSURE = gettext_lazy("Tick the box first: this cannot be undone.")
_LAST_OWNER = gettext_lazy("Nobody else decides who may do what here. Make somebody else an owner first.")


def _account(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _refusal(request: HttpRequest) -> "StrOrPromise":
    """Return why the form that was sent before has changed nothing."""
    if "last-owner" in request.GET:
        return _LAST_OWNER
    return _UNSURE if "unsure" in request.GET else ""


def _forget(request: HttpRequest, account: User | None) -> None:
    """Erase whoever asks. Raises LastOwner."""
    if account:
        refuse_last_owner(account)
        logout(request)
        forget_account(account, now=timezone.now())
    else:
        for voter in voters_of(request):
            forget_voter(voter, now=timezone.now())
    # Without a name: who has gone is not to be found here.
    record(None, Action.ERASED, "an account, by its holder" if account else "a voter, by the voter")


@never_cache
def delete(request: HttpRequest) -> HttpResponse:
    """Return the page that says what is erased; on POST, with the box ticked, erase the visitor's key and texts.

    Of somebody who has signed in the account goes too.
    """
    voter, account = known_voter(request), _account(request)
    context = {"voter": voter, "account": account}
    if request.method != "POST":
        return render(request, "history/delete.html", context | {"error": _refusal(request)})
    if "sure" not in request.POST and account:
        return redirect(f"{reverse('delete')}?unsure")
    if "sure" not in request.POST and voter:
        return render(request, "history/delete.html", context | {"error": _UNSURE}, status=422)
    try:
        if voter or account:
            _forget(request, account)
    except LastOwner:
        return redirect(f"{reverse('delete')}?last-owner")
    response = redirect(f"{reverse('history')}?erased")
    forget_key(response)
    return response
