"""Signing in whom something else than a page of allauth knows: an invitation, or a proxy."""

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.http import HttpRequest


def sign_in(request: HttpRequest, account: User) -> None:
    """Sign the account in: its voter is this browser's from now on, and the session is on the list of its page."""
    get_adapter(request).login(request, account)
    UserSession.objects.create_from_request(request)
