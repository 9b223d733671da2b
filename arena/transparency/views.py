"""What the arena tells of itself, for people and for programs."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from arena.transparency.numbers import transparency


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "transparency/transparency.html", {"page": transparency(now=timezone.now())})


@require_safe
def as_json(request: HttpRequest) -> JsonResponse:
    """The numbers of the page, under the names of arena.transparency.numbers; times in ISO 8601."""
    return JsonResponse(asdict(transparency(now=timezone.now())), json_dumps_params={"ensure_ascii": False})
