"""The leaderboard, its overview, and each board that is kept."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from arena.leaderboard.page import UnknownCategory, leaderboard_page
from arena.leaderboard.view import view_of
from arena.overview import overview_page
from arena.snapshot_page import snapshot_page


@require_GET
def leaderboard(request: HttpRequest) -> HttpResponse:
    """The query says which board, in what order, which rows and columns; see arena.leaderboard.view."""
    try:
        page = leaderboard_page(view_of(request.GET))
    except UnknownCategory as unknown:
        raise Http404 from unknown
    return render(request, "leaderboard/leaderboard.html", {"page": page, "facts": page.facts})


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    return render(request, "leaderboard/overview.html", {"page": overview_page()})


@require_GET
def snapshot(request: HttpRequest, pk: int) -> HttpResponse:
    page = snapshot_page(pk)
    if page is None:
        return render(request, "leaderboard/not_kept.html", {"id": pk}, status=404)
    return render(request, "leaderboard/snapshot.html", {"page": page})
