"""Where the site stands on its host: at "/", or below a base path such as "/arena/" that a proxy gives it."""

from collections.abc import Awaitable, Callable
from typing import Any

from arena.conf.options import env

Application = Callable[[Any, Any, Any], Awaitable[None]]


def base_path(name: str, *, default: str) -> str:
    """Return the path with a "/" at both ends, however it was typed. A reader for `option`."""
    words = str(env.str(name, default=default)).strip().strip("/")
    return f"/{words}/" if words else "/"


def below(base: str, application: Application) -> Application:
    """Return the application with the base path in every address that it sees, also where a proxy took it off.

    So the site's own addresses hold the base path, and none of them depends on the request or thread that asks.
    """

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        await application({**scope, "path": _with(base, scope["path"])}, receive, send)

    return serve


def _with(base: str, path: str) -> str:
    return path if f"{path}/".startswith(base) else base + path.removeprefix("/")
