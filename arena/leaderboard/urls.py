"""Addresses of the boards, of models, of benchmarks and of the feed."""

from django.urls import path

from arena.leaderboard import feed, views

urlpatterns = [
    path("leaderboard/", views.leaderboard, name="leaderboard"),
    path("leaderboard/overview/", views.overview, name="overview"),
    path("leaderboard/picture.png", views.picture, name="board_preview"),
    path("leaderboard/pictures/", views.pictures, name="pictures"),
    path("leaderboard/pictures/<slug:name>.csv", views.figures, name="figures"),
    path("leaderboard/<int:pk>/", views.snapshot, name="snapshot"),
    path("models/<slug:slug>/", views.model, name="model"),
    path("models/<slug:slug>/vs/<slug:rival>/", views.head_to_head, name="head_to_head"),
    path("head-to-head/", views.choose_pair, name="choose_pair"),
    path("benchmarks/", views.benchmarks, name="benchmarks"),
    path("feed.atom", feed.BoardFeed(), name="feed"),
]
