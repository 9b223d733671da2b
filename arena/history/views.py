"""The pages of a voter's own past: battles, a board of the own votes, and the erasure of key and texts."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from arena.conf.branding import name_in_files
from arena.history.forget import forget_voter
from arena.history.past_battles import PAGE_SIZE, battles_of, data_of, past_battles, texts_agreed_to
from arena.history.personal_board import personal_board
from arena.models.audit import Action
from arena.people.audit import record
from arena.people.voters import forget_key, known_voter, voters_of


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
    if battles:
        stored["texts_agreed_to"] = texts_agreed_to(battle["consent_version"] for battle in battles)
    response = JsonResponse(stored, json_dumps_params={"ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="{name_in_files()}-my-battles.json"'
    return response


@never_cache
def delete(request: HttpRequest) -> HttpResponse:
    """Return the page that says what is erased; on POST, with the box ticked, erase the visitor's key and texts."""
    voter = known_voter(request)
    if request.method != "POST":
        return render(request, "history/delete.html", {"voter": voter})
    if voter and "sure" not in request.POST:
        error = _("Tick the box first: this cannot be undone.")
        return render(request, "history/delete.html", {"voter": voter, "error": error}, status=422)
    if voter:
        for each in voters_of(request):
            forget_voter(each, now=timezone.now())
        record(None, Action.ERASED, "a voter, by the voter")
    response = redirect(f"{reverse('history')}?erased")
    forget_key(response)
    return response
