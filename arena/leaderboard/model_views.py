"""The page of one entry, and of two against each other."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from arena.leaderboard.head_to_head import compare
from arena.leaderboard.model_page import model_page
from arena.models import LanguageModel


@require_safe
def model(request: HttpRequest, slug: str) -> HttpResponse:
    found = _entry(slug)
    return render(request, "leaderboard/model.html", {"page": model_page(found), "may_chat": _may_chat(found)})


@require_safe
def head_to_head(request: HttpRequest, slug: str, rival: str) -> HttpResponse:
    """The first named stands first."""
    if slug == rival:
        raise Http404
    context = {"page": compare(_entry(slug), _entry(rival)), "entries": LanguageModel.objects.competing()}
    return render(request, "leaderboard/head_to_head.html", context | {"model": slug, "rival": rival})


@require_safe
def choose_pair(request: HttpRequest) -> HttpResponse:
    """?model= and ?rival= are slugs. Two different entries lead to their page."""
    model, rival = request.GET.get("model", ""), request.GET.get("rival", "")
    entries = list(LanguageModel.objects.competing())
    if model != rival and {model, rival} <= {entry.slug for entry in entries}:
        return redirect("head_to_head", model, rival)
    chosen = {"model": model, "rival": rival or _other(entries, model)}
    context = {"entries": entries, "is_one": bool(model) and model == rival}
    return render(request, "leaderboard/choose_pair.html", context | chosen)


def _other(entries: list[LanguageModel], model: str) -> str:
    """So that the form never begins with one model twice; without a choice its first field shows the first entry."""
    first = model or (entries[0].slug if entries else "")
    return next((entry.slug for entry in entries if entry.slug != first), "")


def _entry(slug: str) -> LanguageModel:
    return get_object_or_404(LanguageModel.objects.competing(), slug=slug)


def _may_chat(model: LanguageModel) -> bool:
    return LanguageModel.objects.live().filter(pk=model.pk).exists()
