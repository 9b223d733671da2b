"""A limit for the bodies of requests: Django looks at the size only once the whole body lies on the disk."""

from collections.abc import Awaitable, Callable
from typing import Any

Receive = Callable[[], Awaitable[Any]]
Asked = Callable[[Any], Awaitable[int]]
Application = Callable[[Any, Receive, Any], Awaitable[None]]


async def _no_more(scope: Any) -> int:
    return 0


def cut_off(application: Application, *, most: int, more_for: Asked = _no_more) -> Application:
    """Return the ASGI application with each body cut off after `most` bytes and one more.

    more_for: how many bytes a request may have instead where that is more, asked before its body is read.
    """
    # The one more shows the application that the body is too large, and it refuses it.

    async def serve(scope: Any, receive: Receive, send: Any) -> None:
        await application(scope, _cut(receive, max(most, await more_for(scope)) + 1), send)

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
