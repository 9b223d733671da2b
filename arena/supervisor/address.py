"""Where the site is served."""

import socket
import time

from arena.supervisor.errors import CannotStart

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104


def reachable(host: str) -> str:
    """Return the address at which this machine itself reaches a server that listens on `host`."""
    return _EVERYWHERE.get(host, host)


def site_url(host: str, port: int, *, base_path: str = "/") -> str:
    """Return what to open in a browser on this machine."""
    name = reachable(host)
    return f"http://{f'[{name}]' if ':' in name else name}:{port}{base_path}"


def require_free(host: str, port: int, *, patience: float = 2.0) -> None:
    """Raise CannotStart if the port cannot be listened on, even a little later: a killed arena may still be leaving."""
    deadline = time.monotonic() + patience
    while (problem := _problem(host, port)) is not None:
        if time.monotonic() > deadline:
            raise CannotStart(
                f"The site cannot listen on {host} port {port} ({problem}). "
                f"Set ARENA_PORT to another port, for example ARENA_PORT={port + 1}."
            )
        time.sleep(0.1)


def _problem(host: str, port: int) -> str | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the web server does
        try:
            probe.bind((host, port))
            probe.listen(1)
        except (OSError, OverflowError) as error:
            return getattr(error, "strerror", None) or str(error)
    return None
