"""The boards, their charts, the pages of models, and benchmarks beside the ratings."""

from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from arena.charts.preview import preview_png
from arena.conf.pages import socket_address
from arena.leaderboard.benchmarks import benchmarks_page
from arena.leaderboard.charts import UnknownChart, chart_table, charts_page
from arena.leaderboard.head_to_head import compare, pair_to_begin_with
from arena.leaderboard.model_page import model_page
from arena.leaderboard.overview import overview_page
from arena.leaderboard.page import UnknownCategory, leaderboard_page
from arena.leaderboard.preview import board_preview
from arena.leaderboard.snapshot_page import snapshot_page
from arena.leaderboard.view import view_of
from arena.models import LanguageModel
from arena.models.counts import OVERALL


@require_safe
def leaderboard(request: HttpRequest) -> HttpResponse:
    """Show a board. The query says which, in what order, which rows and columns; see arena.leaderboard.view."""
    try:
        page = leaderboard_page(view_of(request.GET))
    except UnknownCategory as unknown:
        raise Http404 from unknown
    context = {"page": page, "facts": page.facts, "socket": socket_address("leaderboard_socket")}
    return render(request, "leaderboard/leaderboard.html", context)


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
def preview(request: HttpRequest) -> HttpResponse:
    """Return the image that a link to the leaderboard carries where it is shared."""
    newest = board_preview()
    if newest is None:
        raise Http404
    drawn = preview_png(newest)
    etag = f'"{sha256(drawn).hexdigest()[:16]}"'
    response = HttpResponse(drawn, "image/png", headers={"ETag": etag, "Cache-Control": "public, max-age=300"})
    return get_conditional_response(request, etag=etag, response=response) or response


@require_safe
def model(request: HttpRequest, slug: str) -> HttpResponse:
    entry = _entry(slug)
    return render(request, "leaderboard/model.html", {"page": model_page(entry), "may_chat": _may_chat(entry)})


@require_safe
def head_to_head(request: HttpRequest, slug: str, rival: str) -> HttpResponse:
    """Show two entries against each other, the first named first."""
    if slug == rival:
        raise Http404
    context = {"page": compare(_entry(slug), _entry(rival)), "entries": LanguageModel.objects.competing()}
    return render(request, "leaderboard/head_to_head.html", context | {"model": slug, "rival": rival})


@require_safe
def choose_pair(request: HttpRequest) -> HttpResponse:
    """Show the form to choose two entries. ?model= and ?rival= are slugs; two different entries lead to their page."""
    model, rival = request.GET.get("model", ""), request.GET.get("rival", "")
    entries = list(LanguageModel.objects.competing())
    if model != rival and {model, rival} <= {entry.slug for entry in entries}:
        return redirect("head_to_head", model, rival)
    first, second = pair_to_begin_with(model, rival, entries)
    chosen = {"model": first, "rival": second}
    context = {"entries": entries, "is_one": bool(model) and model == rival}
    return render(request, "leaderboard/choose_pair.html", context | chosen)


def _entry(slug: str) -> LanguageModel:
    return get_object_or_404(LanguageModel.objects.competing(), slug=slug)


def _may_chat(model: LanguageModel) -> bool:
    return LanguageModel.objects.live().filter(pk=model.pk).exists()


@require_safe
def charts(request: HttpRequest) -> HttpResponse:
    """Show the charts. ?category= names a board; ?models=, any number of times, whom to show."""
    try:
        page = charts_page(_category(request), request.GET.getlist("models"))
    except UnknownChart as unknown:
        raise Http404 from unknown
    return render(request, "leaderboard/charts/charts.html", {"page": page})


@require_safe
def chart_data(request: HttpRequest, name: str) -> HttpResponse:
    """Return the table behind a chart as CSV, with all models."""
    try:
        table = chart_table(name, _category(request))
    except UnknownChart as unknown:
        raise Http404 from unknown
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return HttpResponse(table.as_csv(), content_type="text/csv; charset=utf-8", headers=headers)


def _category(request: HttpRequest) -> str:
    category = request.GET.get("category") or OVERALL
    # PostgreSQL refuses a zero byte with an error of its own.
    if not category.isprintable():
        raise Http404
    return category


@require_safe
def benchmarks(request: HttpRequest) -> HttpResponse:
    return render(request, "leaderboard/benchmarks.html", {"page": benchmarks_page()})
