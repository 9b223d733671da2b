"""Addresses of the export page."""

from django.urls import path

from arena.exports import views

urlpatterns = [path("export/", views.export, name="export")]
