"""Addresses of people's own: how they come in, and their tokens."""

from django.urls import path

from arena.people import token_views, views

urlpatterns = [
    path("join/<slug:token>/", views.join, name="join"),
    path("tokens/", token_views.own_tokens, name="own_tokens"),
    path("tokens/<int:pk>/revoke/", token_views.revoke_own_token, name="revoke_own_token"),
]
