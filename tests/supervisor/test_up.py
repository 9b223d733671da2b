"""The whole of `up`, with real processes: it gets ready, survives the death of its parts, and leaves nothing."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from celery import Celery

from arena.conf.redis_clients import key_prefix
from arena.supervisor.private_redis import free_port
from tests.provide.redis_server import answers
from tests.supervisor.processes import is_alive, wait_until

pytestmark = pytest.mark.slow


class Arena:
    """A running `up` and the lines it has printed."""

    def __init__(self, var: Path) -> None:
        self.var, self.port, self.lines = var, free_port(), list[str]()
        self.environment = {**os.environ, "ARENA_VAR": str(var), "ARENA_PORT": str(self.port)}
        self.environment.pop("REDIS_URL")
        self.process = self.another()
        self._reader = Thread(target=self._read)
        self._reader.start()

    def another(self) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "tests.supervisor.small_arena"]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=self.environment, stdout=pipe, stderr=subprocess.STDOUT, text=True)

    def has_said(self, pattern: str, *, times: int = 1) -> bool:
        return wait_until(lambda: sum(bool(re.search(pattern, line)) for line in self.lines) >= times, patience=90)

    def children(self) -> dict[int, str]:
        """The command lines by pid. Each child leads a session of its own, so the parent's pid finds all."""
        shown = subprocess.run(["ps", "-ww", "-e", "-o", "pid=,ppid=,args="], capture_output=True, text=True).stdout
        rows = (line.split(None, 2) for line in shown.splitlines())
        return {int(pid): args for pid, parent, args in rows if int(parent) == self.process.pid}

    def pid_of(self, part: str) -> int:
        return next(pid for pid, args in self.children().items() if part in args)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as output:
            for line in output:
                self.lines.append(line.rstrip("\n"))


@pytest.fixture
def arena(tmp_path: Path) -> Iterator[Arena]:
    running = Arena(tmp_path / "var")
    assert running.has_said("^Arena is ready: "), running.lines
    yield running
    running.end()


def test_it_gets_ready_and_ends_at_ctrl_c_with_no_process_left(arena: Arena) -> None:
    assert arena.lines[-1] == f"Arena is ready: http://127.0.0.1:{arena.port}/"
    children = arena.children()
    assert len(children) == 5
    started = time.monotonic()
    arena.process.send_signal(signal.SIGINT)
    assert arena.process.wait(timeout=15) == 0
    assert time.monotonic() - started < 10
    assert not any(map(is_alive, children))
    assert not (arena.var / "run" / "redis.url").exists()


def test_it_is_ready_without_a_worker_whose_weights_cannot_be_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMALL_ARENA_WEIGHTS", "nowhere")
    arena = Arena(tmp_path / "var")
    try:
        assert arena.has_said("^Arena is ready: "), arena.lines
        said = "\n".join(arena.lines)
        assert "Without worker host.nowhere: see `manage.py models`\nArena is ready: " in said
        assert said.count("worker host.nowhere cannot serve") == 1
        assert "no weights in " in said
    finally:
        arena.end()


def test_a_second_one_in_the_same_folder_is_refused(arena: Arena) -> None:
    second = arena.another()
    said, _ = second.communicate(timeout=30)
    assert second.returncode == 1
    assert said == (f"This arena runs already at http://127.0.0.1:{arena.port}/ (process {arena.process.pid}).\n")


def test_a_killed_worker_and_a_killed_redis_come_back(arena: Arena) -> None:
    url = (arena.var / "run" / "redis.url").read_text()
    os.kill(arena.pid_of("--queues=default"), signal.SIGKILL)
    os.kill(arena.pid_of("redis-server"), signal.SIGKILL)
    assert arena.has_said(r"^worker default ended by SIGKILL; starting it again in 0\.5 s$")
    assert arena.has_said(r"^redis ended by SIGKILL; starting it again in 0\.5 s$")
    assert wait_until(lambda: answers(url))
    assert wait_until(lambda: _pongs(arena, url) == {"default", "remote"}, patience=60)


def test_a_killed_supervisor_leaves_nothing_and_the_next_one_starts(arena: Arena) -> None:
    children = arena.children()
    arena.process.kill()
    arena.end()
    assert wait_until(lambda: not any(map(is_alive, children)))
    next_one = arena.another()
    assert next_one.stdout
    assert any("Arena is ready" in line for line in iter(next_one.stdout.readline, ""))
    next_one.send_signal(signal.SIGTERM)
    next_one.stdout.close()
    assert next_one.wait(timeout=15) == 0


def test_a_second_ctrl_c_ends_it_at_once(arena: Arena) -> None:
    children = arena.children()
    os.kill(arena.pid_of("--queues=remote"), signal.SIGSTOP)  # it will not end by itself
    arena.process.send_signal(signal.SIGINT)
    assert arena.has_said("^Ending")
    arena.process.send_signal(signal.SIGINT)
    assert arena.process.wait(timeout=3) == 0
    assert not any(map(is_alive, children))


def _pongs(arena: Arena, url: str) -> set[str]:
    with Celery(broker=url, set_as_current=False) as app:
        prefix = key_prefix((arena.var / "secret_key").read_text())
        app.conf.broker_transport_options = {"global_keyprefix": prefix}
        return {node.partition("@")[0] for reply in app.control.ping(timeout=1) for node in reply}
