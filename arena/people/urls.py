"""Addresses of people's own: how they come in."""

from django.urls import path

from arena.people import views

urlpatterns = [path("join/<slug:token>/", views.join, name="join")]
