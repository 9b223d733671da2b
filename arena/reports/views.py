"""The page on which a visitor reports a conversation: their own, or one that somebody shared with them."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from arena.battles.views.battle import own_battle
from arena.models import Battle, ReportReason
from arena.people.refusals import Refusal
from arena.people.voters import known_voter
from arena.reports.forms import ReportForm
from arena.reports.report import report_battle


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def of_battle(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    """Report one's own battle."""
    return _reported(request, own_battle(request, battle_id), is_of_shared_page=False)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def of_shared(request: HttpRequest, token: str) -> HttpResponse:
    """Report a shared conversation."""
    battle = Battle.objects.shared_at(token)
    if battle is None:
        raise Http404
    return _reported(request, battle, is_of_shared_page=True)


def _reported(request: HttpRequest, battle: Battle, *, is_of_shared_page: bool) -> HttpResponse:
    form = ReportForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "reports/report.html", {"form": form}, status=status)
    try:
        reason, note = ReportReason(form.cleaned_data["reason"]), form.cleaned_data["note"]
        voter, now = known_voter(request), timezone.now()
        report_battle(battle, reason, note, voter=voter, is_of_shared_page=is_of_shared_page, now=now)
    except Refusal as refusal:
        return render(request, "reports/report.html", {"form": form, "error": refusal.sentence}, status=refusal.status)
    return render(request, "reports/reported.html")
