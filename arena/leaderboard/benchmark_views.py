"""The page of benchmarks beside the ratings."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from arena.leaderboard.benchmarks import benchmarks_page


@require_safe
def benchmarks(request: HttpRequest) -> HttpResponse:
    return render(request, "leaderboard/benchmarks.html", {"page": benchmarks_page()})
