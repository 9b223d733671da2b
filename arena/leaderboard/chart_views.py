"""The newest board as pictures, and the figures behind each."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from arena.leaderboard.charts import UnknownPicture, picture_table, pictures_page
from arena.models.counts import OVERALL


@require_safe
def pictures(request: HttpRequest) -> HttpResponse:
    """?category= names a board; ?models=, any number of times, whom to show."""
    try:
        page = pictures_page(_category(request), request.GET.getlist("models"))
    except UnknownPicture as unknown:
        raise Http404 from unknown
    return render(request, "leaderboard/charts/charts.html", {"page": page})


@require_safe
def figures(request: HttpRequest, name: str) -> HttpResponse:
    """A picture's table as CSV, with all models."""
    try:
        table = picture_table(name, _category(request))
    except UnknownPicture as unknown:
        raise Http404 from unknown
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return HttpResponse(table.as_csv(), content_type="text/csv; charset=utf-8", headers=headers)


def _category(request: HttpRequest) -> str:
    category = request.GET.get("category") or OVERALL
    # PostgreSQL refuses a zero byte with an error of its own.
    if not category.isprintable():
        raise Http404
    return category
