"""Pages for requests that cannot be read and for what broke: they ask neither the request nor the database."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from arena.conf.branding import branding_context


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page("400.html", HTTPStatus.BAD_REQUEST)


def server_error(request: HttpRequest) -> HttpResponse:
    return _page("500.html", HTTPStatus.INTERNAL_SERVER_ERROR)


def _page(template: str, status: HTTPStatus) -> HttpResponse:
    return HttpResponse(render_to_string(template, branding_context(None)), status=status)
