"""Addresses of the operator's pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from arena.console import views

urlpatterns = [
    path("", views.overview_page, name="console"),
    path("login/", views.LogIn.as_view(), name="console_login"),
    path("logout/", LogoutView.as_view(next_page="console_login"), name="console_logout"),
]
