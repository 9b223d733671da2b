"""Addresses of what the arena tells of itself."""

from django.urls import path

from arena.transparency import views

urlpatterns = [
    path("how-it-works/", views.how_it_works, name="how_it_works"),
    path("transparency/", views.page, name="transparency"),
    path("transparency/replication/", views.replication, name="replication"),
    path("transparency.json", views.as_json, name="transparency_json"),
    path("moderation/", views.moderation, name="moderation"),
    path("terms/", views.terms, name="terms"),
    path("privacy/", views.privacy, name="privacy"),
]
