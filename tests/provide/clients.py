"""Who asks for pages in tests: Django's client, with the middleware of the site."""

from typing import Any

from django.core.signals import setting_changed
from django.dispatch import receiver
from django.test import Client
from django.test.client import ClientHandler

_handler = ClientHandler(enforce_csrf_checks=False)


def new_client(**sent: Any) -> Client:
    """Somebody new. All share one middleware: to set it up takes longer than most pages. sent: with each request."""
    client = Client(**sent)
    client.handler = _handler
    return client


@receiver(setting_changed)
def _set_up_anew(**_: Any) -> None:
    """A test that changes a setting gets the middleware of that setting."""
    _handler._middleware_chain = None  # type: ignore[attr-defined]
