"""The page of one entry."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from arena.model_page import model_page
from arena.models import LanguageModel


@require_GET
def model(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(LanguageModel.objects.listed(), slug=slug)
    return render(request, "models/model.html", {"page": model_page(found), "may_chat": _may_chat(found)})


def _may_chat(model: LanguageModel) -> bool:
    return LanguageModel.objects.live().filter(pk=model.pk).exists()
