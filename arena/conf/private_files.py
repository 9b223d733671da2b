"""Files that only the owner of this arena may read: its signing key, made once, its database and its private Redis."""

import os
import secrets
import time
from contextlib import suppress
from pathlib import Path


def read_or_make_secret_key(path: Path) -> str:
    """Return the key stored at `path`, which is made with mode 0600 on first use.

    Two processes that start at once get the same key. Raises RuntimeError where the file stays empty.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_once_written(path)
    with os.fdopen(descriptor, "w") as file:
        file.write(key := secrets.token_urlsafe(48))
    return key


def make_folder(path: Path) -> Path:
    """Make the folder, of mode 0700, unless there is one, and return its path."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def make_private(path: Path) -> None:
    """Make an empty file of mode 0600 at `path` unless there is a file already."""
    # For a database of SQLite: what it writes beside the database gets the database's mode.
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def write_private(path: Path, text: str) -> None:
    """Write the text into a file of mode 0600, which replaces `path` in one step.

    Nobody reads half of it, and nobody but its owner reads it at all.
    """
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    new.replace(path)


def _read_once_written(path: Path, *, patience: float = 5.0) -> str:
    deadline = time.monotonic() + patience
    while not (key := path.read_text().strip()):
        if time.monotonic() > deadline:
            raise RuntimeError(f"{path} is empty. Delete it and start again: a new key is made.")
        time.sleep(0.05)
    return key
