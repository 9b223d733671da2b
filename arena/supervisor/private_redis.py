"""A Redis that nobody else can use: a loopback port of its own and a random password that only its owner can read."""

import secrets
import socket
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import redis

from arena.conf.private_files import write_private
from arena.conf.redis_clients import connect
from arena.supervisor.child import Program

_LOOPBACK = "127.0.0.1"
_SETTINGS = """\
bind {host}
port {port}
requirepass {password}
dir "{folder}"
appendonly yes
save ""
daemonize no
logfile redis.log
loglevel warning
"""


@dataclass(frozen=True)
class PrivateRedis:
    """A Redis server of this arena. Its content lies in `folder`, so a new start finds the queue again."""

    server: Path
    folder: Path
    port: int
    password: str

    @classmethod
    def prepare(cls, server: Path, folder: Path) -> "PrivateRedis":
        """Choose a free port and a new password, and write its settings; nothing runs yet."""
        made = cls(server, folder.resolve(), free_port(), secrets.token_urlsafe(32))
        made.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Of an earlier version.
        for path in made.folder.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)
        settings = _SETTINGS.format(host=_LOOPBACK, port=made.port, password=made.password, folder=made.folder)
        write_private(made.settings_file, settings)
        return made

    @property
    def url(self) -> str:
        """The one URL for the queue, the streams and the wake-ups."""
        return f"redis://:{self.password}@{_LOOPBACK}:{self.port}/0"

    @property
    def settings_file(self) -> Path:
        return self.folder / "redis.conf"

    @property
    def program(self) -> Program:
        # The password is in the file and not here: every user of this machine can read argv. Redis has no setting for
        # the mode of its files, and what people wrote is in them.
        return Program(
            "redis", ("/bin/sh", "-c", 'umask 077; exec "$0" "$1"', str(self.server), str(self.settings_file))
        )


def free_port() -> int:
    """Return a loopback port on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        return int(probe.getsockname()[1])


def end_leftover(url: str) -> None:
    """End the private Redis of an arena that was killed: two servers must never write one append-only file."""
    with closing(connect(url)) as client, suppress(redis.RedisError):
        client.shutdown()
