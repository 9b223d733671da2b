"""Sockets are for pages of this site: of its scheme, host and port, by the rule that Django has for forms."""

from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host

Application = Callable[[Any, Any, Any], Awaitable[None]]


def for_own_pages(application: Application) -> Application:
    """Return the application of sockets, closed to pages of other sites, other ports and other schemes."""

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        if _is_own(scope):
            await application(scope, receive, send)
        else:
            await send({"type": "websocket.close"})

    return serve


def _is_own(scope: Any) -> bool:
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    origin, host = headers.get(b"origin", ""), headers.get(b"host", "")
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    scheme = "https" if settings.SECURE_SSL else "http"
    is_known = validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)
    return is_known and origin == f"{scheme}://{host}"
