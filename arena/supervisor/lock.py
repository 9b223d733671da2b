"""One arena per folder: two would share a database, a queue and the models behind each other's back."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from arena.supervisor.errors import CannotStart


class AlreadyRunning(CannotStart):
    """Another `up` holds this folder."""


@contextmanager
def one_per_folder(run: Path, url: str) -> Iterator[None]:
    """Hold the folder's lock; the kernel lets it go with the process, however that ends. Raises AlreadyRunning."""
    descriptor = os.open(run / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(descriptor)
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()} {url}".encode())
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid, _, url = os.read(descriptor, 1000).decode().partition(" ")
        raise AlreadyRunning(
            f"This arena runs already at {url or 'an address it has not told yet'} (process {pid or 'unknown'})."
        ) from None
