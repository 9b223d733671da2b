"""Addresses of the operator's pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from arena.console.views import overview, votes

urlpatterns = [
    path("", overview.overview_page, name="console"),
    path("votes/", votes.votes_page, name="console_votes"),
    path("votes/weigh/", votes.weigh, name="console_weigh"),
    path("login/", overview.LogIn.as_view(), name="console_login"),
    path("logout/", LogoutView.as_view(next_page="console_login"), name="console_logout"),
]
