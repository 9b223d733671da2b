"""List votes, and exclude or restore some of them after a look at what the board would become."""

from typing import Any

from django.contrib import messages
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from arena.console.forms import Reason, VoteFilter
from arena.console.permissions import asks, frame
from arena.console.tables import CHANGES, VOTES
from arena.console.votes import chosen, listed, sources
from arena.models import LanguageModel, Vote
from arena.models.audit import Action
from arena.models.voters import MayDo
from arena.people.audit import record
from arena.votes.exclude import Selection, exclude_votes

WEIGHTS = {"exclude": 0.0, "restore": 1.0}


@require_safe
@asks(MayDo.REVIEW)
def votes_page(request: HttpRequest) -> HttpResponse:
    form = VoteFilter(request.GET)
    selection = form.selection() if form.is_valid() else Selection()
    page, rows = listed(selection, request.GET.get("page", 1))
    context: dict[str, Any] = {
        "here": "console_votes",
        "form": form,
        "table": VOTES,
        "page": page,
        "rows": rows,
        "is_narrowed": not selection.is_empty,
        "sources": sources(),
        "slugs": LanguageModel.objects.order_by("slug").values_list("slug", flat=True),
        "filters": _filters(request.GET),
        "newest": Vote.objects.aggregate(newest=Max("pk"))["newest"],
    }
    status = 200 if form.is_valid() else 422
    return render(request, "console/votes.html", context | frame(request), status=status)


@require_POST
@asks(MayDo.REVIEW)
def weigh(request: HttpRequest) -> HttpResponse:
    """Show what the board would become and ask for the reason; with a reason, do it."""
    action = request.POST.get("action", "")
    votes, back = _meant(request), f"{reverse('console_votes')}?{request.POST.get('filters', '')}"
    if action not in WEIGHTS or not (count := votes.count()):
        messages.error(request, _("Choose votes first. Nothing has changed."))
        return redirect(back)
    form = Reason(request.POST if "confirmed" in request.POST else None)
    if not form.is_valid():
        context = _preview(request, votes, action=action) | {"count": count, "form": form, "back": back}
        return render(request, "console/weigh.html", context | frame(request), status=422 if form.is_bound else 200)
    by, now = request.user.get_username(), timezone.now()
    changed = exclude_votes(votes, reason=form.cleaned_data["reason"], by=by, now=now, weight=WEIGHTS[action])
    record(request, Action.VOTES_WEIGHED, form.cleaned_data["reason"], change=action, votes=changed)
    messages.success(request, _told(action, changed))
    return redirect(back)


def _meant(request: HttpRequest) -> "QuerySet[Vote]":
    """Return the votes that were ticked, or all that the filters find; none where these are none, or wrong."""
    until = request.POST.get("until", "") if "all" in request.POST else ""
    form = VoteFilter(QueryDict(request.POST.get("filters", "")))
    selection = form.selection() if form.is_valid() else Selection()
    if "all" in request.POST and (selection.is_empty or not until.isdecimal()):
        return Vote.objects.none()
    return chosen(selection, request.POST.getlist("vote"), until=int(until) if until else None)


def _preview(request: HttpRequest, votes: "QuerySet[Vote]", *, action: str) -> dict[str, Any]:
    from arena.scoring.preview import preview_board  # with SciPy, which no other page is to wait for

    kept = {name: request.POST.get(name, "") for name in ("filters", "until")}
    return {
        "here": "console_votes",
        "action": action,
        "table": CHANGES,
        "changes": preview_board(votes, weight=WEIGHTS[action]),
        "chosen": request.POST.getlist("vote"),
        "is_all": "all" in request.POST,
        **kept,
    }


def _filters(query: QueryDict) -> str:
    """Return the query without the page's number."""
    kept = query.copy()
    kept.pop("page", None)
    return kept.urlencode()


def _told(action: str, changed: int) -> str:
    if action == "restore":
        words = ngettext("%(n)s vote counts again.", "%(n)s votes count again.", changed)
    else:
        words = ngettext("%(n)s vote counts no more.", "%(n)s votes count no more.", changed)
    return " ".join((words % {"n": f"{changed:,}"}, _("The next board has it so.")))
