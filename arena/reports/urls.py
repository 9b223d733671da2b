"""Addresses of reports."""

from django.urls import path

from arena.reports import views

urlpatterns = [
    path("battles/<uuid:battle_id>/report/", views.of_battle, name="report_battle"),
    path("s/<slug:token>/report/", views.of_shared, name="report_shared"),
]
