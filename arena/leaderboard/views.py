"""The leaderboard, its overview, and each board that is kept."""

from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from arena.charts.preview import preview_png
from arena.leaderboard.overview import overview_page
from arena.leaderboard.page import UnknownCategory, leaderboard_page
from arena.leaderboard.preview import board_preview
from arena.leaderboard.snapshot_page import snapshot_page
from arena.leaderboard.view import view_of


@require_safe
def leaderboard(request: HttpRequest) -> HttpResponse:
    """The query says which board, in what order, which rows and columns; see arena.leaderboard.view."""
    try:
        page = leaderboard_page(view_of(request.GET))
    except UnknownCategory as unknown:
        raise Http404 from unknown
    return render(request, "leaderboard/leaderboard.html", {"page": page, "facts": page.facts})


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    return render(request, "leaderboard/overview.html", {"page": overview_page()})


@require_safe
def snapshot(request: HttpRequest, pk: int) -> HttpResponse:
    page = snapshot_page(pk)
    if page is None:
        return render(request, "leaderboard/not_kept.html", {"id": pk}, status=404)
    return render(request, "leaderboard/snapshot.html", {"page": page})


@require_safe
def picture(request: HttpRequest) -> HttpResponse:
    """For link previews."""
    preview = board_preview()
    if preview is None:
        raise Http404
    drawn = preview_png(preview)
    etag = f'"{sha256(drawn).hexdigest()[:16]}"'
    response = HttpResponse(drawn, "image/png", headers={"ETag": etag, "Cache-Control": "public, max-age=300"})
    return get_conditional_response(request, etag=etag, response=response) or response
