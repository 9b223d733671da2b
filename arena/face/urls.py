"""Addresses of what pages load of this arena's face."""

from django.urls import path

from arena.face import views

urlpatterns = [
    path("face/<str:light>-<str:dark>.css", views.stylesheet, name="face_style"),
    path("face/<str:name>", views.logo, name="face_logo"),
]
