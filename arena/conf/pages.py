"""What pages need besides their views: where the sockets are, and pages for requests that end before any view."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from arena.conf.branding import branding_context


def socket_address(name: str, *args: Any) -> str:
    """Return the path of a socket that arena.routing names, such as "/ws/leaderboard/".

    Sockets have a table of addresses of their own, which `{% url %}` does not read.
    """
    return reverse(name, urlconf="arena.routing", args=args)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show the page for a request that cannot be read."""
    return _page("400.html", HTTPStatus.BAD_REQUEST)


def server_error(request: HttpRequest) -> HttpResponse:
    """Show the page for what broke."""
    return _page("500.html", HTTPStatus.INTERNAL_SERVER_ERROR)


def _page(template: str, status: HTTPStatus) -> HttpResponse:
    """Return a page that asks neither the request nor the database, since either may be what broke."""
    return HttpResponse(render_to_string(template, branding_context(None)), status=status)
