"""The first page of the operator's console, and the way in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from arena.console.overview import overview
from arena.console.permissions import asks, first_page, frame
from arena.console.tables import QUEUES
from arena.models.voters import MayDo


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the first page that the account may open."""
    return redirect(first_page(request))


@require_safe
@asks(MayDo.OPERATE)
def overview_page(request: HttpRequest) -> HttpResponse:
    context = {"here": "console", "state": overview(now=timezone.now()), "queue_table": QUEUES} | frame(request)
    return render(request, "console/overview.html", context)
