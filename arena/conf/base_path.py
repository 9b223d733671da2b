"""Where the site stands on its host: at "/", or below a base path such as "/arena/" that a proxy gives it."""

from collections.abc import Awaitable, Callable
from typing import Any

from arena.conf.options import env

Application = Callable[[Any, Any, Any], Awaitable[None]]


def base_path(name: str, *, default: str) -> str:
    """A reader for `option`: the path with a "/" at both ends, however it was typed."""
    words = str(env.str(name, default=default)).strip().strip("/")
    return f"/{words}/" if words else "/"


def below(base: str, application: Application) -> Application:
    """The ASGI application, which sees the base path in every address, also where a proxy has taken it off.

    So the site's own addresses hold the base path, and none of them depends on the request or thread that asks.
    """

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        await application({**scope, "path": _with(base, scope["path"])}, receive, send)

    return serve


def _with(base: str, path: str) -> str:
    return path if f"{path}/".startswith(base) else base + path.removeprefix("/")
