"""Real Redis servers for tests, found as `up` finds its own."""

import subprocess
import time
from pathlib import Path

from arena.conf.redis_clients import RedisUnreachable, ping
from arena.supervisor.child import own_session
from arena.supervisor.private_redis import PrivateRedis
from arena.supervisor.redis_server import NoRedis, find_server
from tests.provide import Missing, packages


def provide() -> Path:
    """Path of a redis-server, fetched if need be. Raises Missing."""
    try:
        return find_server()
    except NoRedis:
        packages.install("redis-server")
    try:
        return find_server()
    except NoRedis as problem:
        raise Missing(f"Redis: {problem}") from problem


def answers(url: str) -> bool:
    """Whether a Redis at this URL accepts us and is ready."""
    try:
        ping(url)
    except RedisUnreachable:
        return False
    return True


class RedisServer:
    """A Redis that a test may kill and start again: port, password and what it holds stay the same."""

    def __init__(self, folder: Path) -> None:
        self._redis = PrivateRedis.prepare(find_server(), folder)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self._redis.url

    def start(self) -> None:
        """Returns once it answers."""
        self._process = subprocess.Popen(self._redis.program.argv, **own_session())
        deadline = time.monotonic() + 15
        while not answers(self.url):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"redis-server did not start; see {self._redis.folder}/redis.log")
            time.sleep(0.01)

    def kill(self) -> None:
        """As by a crash: without a chance to write anything."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """As by an operator."""
        if self._process:
            self._process.terminate()
            self._process.wait(timeout=10)
