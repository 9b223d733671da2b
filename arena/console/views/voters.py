"""Show which voters move the board most."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from arena.console.permissions import asks, frame
from arena.console.tables import VOTERS
from arena.models.voters import MayDo

SHOWN = 30


@require_safe
@asks(MayDo.REVIEW)
def voters_page(request: HttpRequest) -> HttpResponse:
    from arena.scoring.influential_voters import influential_voters  # with SciPy, which few pages are to wait for

    rows = influential_voters(SHOWN)
    context = {"here": "console_voters", "table": VOTERS, "rows": rows, "is_too_many": rows is None}
    return render(request, "console/voters.html", context | frame(request))
