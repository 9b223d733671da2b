"""Where pages find the WebSockets: their addresses have a table of their own, which `{% url %}` does not read."""

from typing import Any

from django.urls import reverse


def socket_address(name: str, *args: Any) -> str:
    """The path of a socket that arena.routing names, such as "/ws/leaderboard/"."""
    return reverse(name, urlconf="arena.routing", args=args)
