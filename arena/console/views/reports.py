"""The desk: conversations that visitors reported, and what is decided on them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from arena.console.forms import DeskForm
from arena.console.permissions import asks, frame
from arena.history.erase import drop_published, erase_texts
from arena.models import Battle, DeskAction, ModerationResult
from arena.models.audit import Action
from arena.models.voters import MayDo
from arena.moderation.categories import name_of
from arena.people.audit import record
from arena.reports.queue import waiting
from arena.reports.takedown import decide


@require_safe
@asks(MayDo.REVIEW)
def reports_page(request: HttpRequest) -> HttpResponse:
    context = {"here": "console_reports", "waiting": waiting()}
    return render(request, "console/reports.html", context | frame(request))


@require_http_methods(["GET", "HEAD", "POST"])
@asks(MayDo.REVIEW)
def report_page(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    """Show a conversation in full with what was said of it; with an action and a reason, decide."""
    battle = Battle.objects.with_rows().filter(pk=battle_id).first()
    if battle is None:
        raise Http404
    form = DeskForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "console/report.html", _context(request, battle, form), status=status)
    _decide(request, battle, DeskAction(form.cleaned_data["action"]), form.cleaned_data["reason"])
    messages.success(request, _("Done. The decision is kept with its reason."))
    return redirect("console_report", battle.pk)


def _decide(request: HttpRequest, battle: Battle, action: DeskAction, reason: str) -> None:
    now = timezone.now()
    decide(battle, action, reason, by=request.user.get_username(), now=now)
    if action == DeskAction.ERASE:
        drop_published(erase_texts([battle.pk], now=now))
    record(request, Action.CONTENT_DECIDED, str(battle.pk), decision=action.value, reason=reason)


def _context(request: HttpRequest, battle: Battle, form: DeskForm) -> dict[str, Any]:
    verdicts = ModerationResult.objects.filter(turn__battle=battle).select_related("turn").order_by("at")
    context = {
        "here": "console_reports",
        "battle": battle,
        "turns": [(turn, [(each.slot, each.text) for each in turn.answers.all()]) for turn in battle.all_turns],
        "reports": battle.reports.order_by("-at"),
        "decisions": battle.decisions.order_by("-at"),
        "verdicts": [(verdict, ", ".join(str(name_of(key)) for key in verdict.categories)) for verdict in verdicts],
        "similar": _similar(battle),
        "form": form,
    }
    return context | frame(request)


def _similar(battle: Battle) -> list[Battle]:
    """Return other battles with the same first prompt, the newest first."""
    text = battle.all_turns[0].user_text
    if not text:
        return []
    same = Battle.objects.filter(turns__number=1, turns__user_text=text).exclude(pk=battle.pk)
    return list(same.order_by("-created")[:10])
