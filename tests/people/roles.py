"""Who asks for addresses in tests: one client for each role, with what a browser of that role holds."""

from http.cookies import SimpleCookie

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from arena.models.invitations import Opens
from arena.people.accounts import grant
from arena.people.invitations import Wish, invite, path_of
from arena.people.roles import ROLES
from tests.provide.clients import new_client

#: Whoever has no account, an account that may nothing but look, and each role.
ACCOUNTS = ("guest", *ROLES)
EVERYBODY = ("nobody", "looker", "player", *ACCOUNTS)


def account_of(role: str, name: str = "") -> User:
    """An account with this role; `guest` has none."""
    account = User.objects.create_user(name or role, password="a-password-of-ann")
    grant(account, ROLES.get(role, ()))
    return account


def join_link(opens: str, *, role: str = "", **limits: object) -> str:
    """The path of a new invitation."""
    wish = Wish(f"for tests, {opens}", Opens(opens), role=role, **limits)  # type: ignore[arg-type]
    return path_of(invite(wish, request=None, now=timezone.now())[1])


def browser_of(role: str) -> Client:
    """The browser of somebody: `looker` and `player` came by a link without an account."""
    client = new_client()
    if role in ACCOUNTS:
        client.force_login(account_of(role))
    elif role != "nobody":
        client.post(join_link({"looker": "read", "player": "play"}[role]))
    return client


def with_cookies(client: Client, kept: SimpleCookie) -> Client:
    """The client with these cookies again, whatever the last answer made of them."""
    client.cookies = SimpleCookie(kept)
    return client
