"""A light arena as tests see it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from arena.supervisor.private_redis import free_port
from tests.light_arena import rows
from tests.provide.redis_server import RedisServer
from tests.running import ROOT


class LightArena:
    """Started on construction and ready when that returns. `do` puts rows into its database. settings: by name."""

    def __init__(self, var: Path, **settings: str) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._redis = RedisServer(var / "redis")
        self._redis.start()
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        own = {"ARENA_VAR": str(var), "ARENA_PORT": str(port), "REDIS_URL": self._redis.url}
        command = [sys.executable, "-m", "tests.light_arena.process"]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=kept | own | {"ARENA_OPEN_BATTLES": "1000"} | settings,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._answer() == "ready"

    def do(self, action: Callable[..., Any], **arguments: Any) -> Any:
        """What this function of `rows` returns over there."""
        assert getattr(rows, action.__name__) is action
        assert self._process.stdin is not None
        print(json.dumps([action.__name__, arguments]), file=self._process.stdin, flush=True)
        return self._answer()

    def stop(self) -> None:
        """Nothing of it is kept."""
        with self._process:
            self._process.kill()
        self._redis.stop()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the light arena has ended: its own output says why"
        return json.loads(line)


@pytest.fixture(scope="session")
def _light_arena_of_the_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LightArena]:
    running = LightArena(tmp_path_factory.mktemp("light-arena"))
    yield running
    running.stop()


@pytest.fixture
def light_arena(_light_arena_of_the_session: LightArena) -> LightArena:
    """With two entries and nothing else, as if it had just been started."""
    _light_arena_of_the_session.do(rows.begin_anew)
    return _light_arena_of_the_session
