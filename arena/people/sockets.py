"""Sockets are for those who may read: asked when one opens, and again while words go over it."""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

from channels.db import database_sync_to_async

from arena.people.access import may_read_by_scope
from arena.people.modes import is_open

Send = Callable[[Any], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

#: The close code of a socket whose page may not read any more: it does not come again.
NOT_LET_IN = 4403


def for_readers(application: Application, *, every: float = 3.0) -> Application:
    """Return the application of sockets, closed to whom the access mode does not let in.

    every: seconds. Whoever may read no more gets nothing that comes later than that; a silent socket tells nothing.
    """

    async def serve(scope: Any, receive: Any, send: Send) -> None:
        if is_open():
            await application(scope, receive, send)
        elif await _may_read(scope):
            await application(scope, receive, _asking_again(scope, send, every))
        else:
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": NOT_LET_IN})

    return serve


def _asking_again(scope: Any, send: Send, every: float) -> Send:
    asked, is_closed = monotonic(), False

    async def checked(message: Any) -> None:
        nonlocal asked, is_closed
        if is_closed:
            return
        if message["type"] == "websocket.send" and monotonic() - asked >= every:
            asked, is_closed = monotonic(), not await _may_read(scope)
        await send({"type": "websocket.close", "code": NOT_LET_IN} if is_closed else message)

    return checked


_may_read = database_sync_to_async(may_read_by_scope)
