"""Who opens pages of the console in tests."""

from django.contrib.auth.models import Group, User
from django.test import Client

from tests.provide.clients import new_client


def member_of(*groups: str, name: str = "ann") -> Client:
    """Someone who is logged in and is in these groups only."""
    user = User.objects.create_user(name, password="a-password-of-ann")
    user.groups.set(Group.objects.filter(name__in=groups))
    client = new_client()
    client.force_login(user)
    return client
