"""Addresses of a voter's own past."""

from django.urls import path

from arena.history import views

urlpatterns = [
    path("history/", views.history, name="history"),
    path("history/board/", views.board, name="personal_board"),
    path("history/data.json", views.data, name="download_data"),
    path("history/delete/", views.delete, name="delete"),
]
