"""Addresses of what pages load of this arena's face."""

from django.urls import re_path

from arena.face import views

urlpatterns = [
    re_path(r"^face/(?P<light>[0-9a-f]{6})-(?P<dark>[0-9a-f]{6})\.css$", views.stylesheet, name="face_style"),
    re_path(r"^face/(?P<name>[0-9a-f]{32}\.(?:png|svg))$", views.logo, name="face_logo"),
]
