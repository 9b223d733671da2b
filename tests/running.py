"""A whole arena as a user starts it: `manage.py up` in a folder and on a port of its own."""

import os
import queue
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

ROOT = Path(__file__).resolve().parent.parent
#: Converted models are kept between runs; the first run converts them.
MODELS = Path(os.environ.get("ARENA_TEST_MODELS", ROOT / "var" / "models"))
#: Half a minute on an idle machine; this many seconds only end a start that hangs.
READY_WITHIN = 600.0
#: The entries that answer briefly or very fast.
BRIEF = ("agon-small-llama", "agon-steps", "smollm2-135m-instruct-sentence")


class RunningArena:
    """Started on construction and ready when that returns. `stop` ends it as Ctrl-C does."""

    def __init__(self, var: Path, command: tuple[str, ...] = ("manage.py", "up"), /, **environment: str) -> None:
        self.var, self.port = var, _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        MODELS.mkdir(parents=True, exist_ok=True)
        var.mkdir(parents=True, exist_ok=True)
        (var / "models").symlink_to(MODELS)
        kept = {name: value for name, value in os.environ.items() if name not in ("REDIS_URL", "DATABASE_URL")}
        self.environment = kept | {"ARENA_VAR": str(var), "ARENA_PORT": str(self.port)} | environment
        self._up = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True
        )
        self.output: list[str] = []
        #: None comes last, when it has ended.
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.wait_for_line("Arena is ready", within=READY_WITHIN)

    def shorten_answers(self, tokens: int) -> None:
        """Let every entry write at most this many tokens: a test wants to see the end."""
        change = f"from arena.models import LanguageModel as M; M.objects.update(max_new_tokens={tokens})"
        self.manage("shell", "--verbosity=0", "--command", change)

    def wait_for_line(self, words: str, *, within: float) -> str:
        deadline = time.monotonic() + within
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"{words!r} did not come within {within} s:\n" + "".join(self.output)) from None
            assert line is not None, f"it ended without {words!r}:\n" + "".join(self.output)
            if words in line:
                return line

    def manage(self, *arguments: str) -> str:
        """The output of a management command on this arena."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What is in the database now."""
        with sqlite3.connect(f"file:{self.var / 'arena.sqlite3'}?mode=ro", uri=True, timeout=20) as database:
            return database.execute(query, values).fetchall()

    def wait_until_votes_are_counted(self) -> None:
        """All that were cast are on the board, those of other tests too: they are counted and published at once."""
        eventually(lambda: not self.rows("select 1 from arena_pendingvote"), within=60, what="all votes counted")

    def process(self, *words: str) -> psutil.Process:
        """The one child whose command line has all these words."""
        found = [p for p in psutil.Process(self._up.pid).children(recursive=True) if _has(p, words)]
        return min(found, key=lambda process: process.create_time())

    def stop(self) -> float:
        """Seconds that it took to end. Nothing of it runs afterwards."""
        children = psutil.Process(self._up.pid).children(recursive=True)
        start = time.monotonic()
        self._up.send_signal(signal.SIGINT)
        self._up.wait(timeout=60)
        assert self._up.stdout is not None
        seconds = time.monotonic() - start
        self._reader.join(timeout=5)
        self._up.stdout.close()
        left = [process for process in children if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]
        assert left == []
        shutil.rmtree(self.var, ignore_errors=True)
        return seconds

    def _read(self) -> None:
        assert self._up.stdout is not None
        for line in self._up.stdout:
            self.output.append(line)
            self._lines.put(line)
        self._lines.put(None)


@pytest.fixture(scope="session")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningArena]:
    """One arena with the real small model for all tests that need one; visitors do not see each other."""
    running = RunningArena(tmp_path_factory.mktemp("arena") / "var", ARENA_OPEN_BATTLES="20")
    running.shorten_answers(24)
    yield running
    running.stop()  # how fast it ends on an idle machine is asked in tests/supervisor/test_up.py


def eventually(condition: Callable[[], Any], *, within: float, what: str) -> Any:
    """The first true value of the condition."""
    deadline = time.monotonic() + within
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {within} s: {what}"
        time.sleep(0.1)
    return value


def _has(process: psutil.Process, words: tuple[str, ...]) -> bool:
    try:
        line = " ".join(process.cmdline())
    except psutil.Error:
        return False
    return all(word in line for word in words)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
