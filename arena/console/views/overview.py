"""The first page of the operator's console, and the way in."""

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from arena.console.overview import overview
from arena.console.permissions import asks, first_page, frame
from arena.console.tables import QUEUES
from arena.models.voters import MayDo


class LogIn(LoginView):
    """Django's log-in in the arena's face. Without an address to go on to it leads to a page that one may open."""

    template_name = "console/login.html"

    def get_default_redirect_url(self) -> str:
        return first_page(self.request)


@require_safe
@asks(MayDo.OPERATE)
def overview_page(request: HttpRequest) -> HttpResponse:
    context = {"here": "console", "state": overview(now=timezone.now()), "queue_table": QUEUES} | frame(request)
    return render(request, "console/overview.html", context)
