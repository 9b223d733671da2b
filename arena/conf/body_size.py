"""A limit for the bodies of requests: Django looks at the size only once the whole body lies on the disk."""

from collections.abc import Awaitable, Callable
from typing import Any

Receive = Callable[[], Awaitable[Any]]
Application = Callable[[Any, Receive, Any], Awaitable[None]]


def cut_off(application: Application, *, most: int) -> Application:
    """Return the ASGI application with each body cut off after `most` bytes and one more."""
    # The one more shows the application that the body is too large, and it refuses it.

    async def serve(scope: Any, receive: Receive, send: Any) -> None:
        await application(scope, _cut(receive, most + 1), send)

    return serve


def _cut(receive: Receive, length: int) -> Receive:
    left = length

    async def cut() -> Any:
        nonlocal left
        message = await receive()
        while not left and message["type"] == "http.request":
            message = await receive()
        if message["type"] != "http.request":
            return message
        body = message.get("body", b"")[:left]
        left -= len(body)
        return message | {"body": body, "more_body": left > 0 and message.get("more_body", False)}

    return cut
