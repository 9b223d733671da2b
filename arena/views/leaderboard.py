"""The leaderboard, and each board that is kept."""

from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_GET, require_safe

from arena.board_preview import board_preview
from arena.charts.preview import preview_png
from arena.leaderboard import DESCENDING, SORTS, newest_leaderboard
from arena.snapshot_page import snapshot_page


@require_GET
def leaderboard(request: HttpRequest) -> HttpResponse:
    """?sort= names a column; ?order=reversed turns it round."""
    sort = request.GET.get("sort", "rating")
    sort = sort if sort in SORTS else "rating"
    is_reversed = request.GET.get("order") == "reversed"
    board = newest_leaderboard(sort=sort, is_reversed=is_reversed)
    direction = "descending" if (sort in DESCENDING) != is_reversed else "ascending"
    context = {"board": board, "sort": sort, "is_reversed": is_reversed, "direction": direction}
    return render(request, "leaderboard/leaderboard.html", context)


@require_GET
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
