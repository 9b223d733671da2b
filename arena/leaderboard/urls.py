"""Addresses of the boards, of models, of benchmarks and of the feed."""

from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.urls import path
from django.views.generic import RedirectView

from arena.leaderboard import feed, views


def _moved_to(name: str) -> Callable[..., HttpResponseBase]:
    """Answer an address that was in use until 0.1.0 with the new one, for ever and with its query."""
    return RedirectView.as_view(pattern_name=name, permanent=True, query_string=True)


urlpatterns = [
    path("leaderboard/", views.leaderboard, name="leaderboard"),
    path("leaderboard/overview/", views.overview, name="overview"),
    path("leaderboard/preview.png", views.preview, name="board_preview"),
    path("leaderboard/charts/", views.charts, name="charts"),
    path("leaderboard/charts/<slug:name>.csv", views.chart_data, name="chart_data"),
    path("leaderboard/<int:pk>/", views.snapshot, name="snapshot"),
    path("models/<slug:slug>/", views.model, name="model"),
    path("models/<slug:slug>/vs/<slug:rival>/", views.head_to_head, name="head_to_head"),
    path("head-to-head/", views.choose_pair, name="choose_pair"),
    path("benchmarks/", views.benchmarks, name="benchmarks"),
    path("feed.atom", feed.BoardFeed(), name="feed"),
    path("leaderboard/picture.png", _moved_to("board_preview")),
    path("leaderboard/pictures/", _moved_to("charts")),
    path("leaderboard/pictures/<slug:name>.csv", _moved_to("chart_data")),
]
