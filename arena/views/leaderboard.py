"""The leaderboard page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from arena.leaderboard import DESCENDING, SORTS, newest_leaderboard


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
