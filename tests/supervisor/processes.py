"""Real processes for the tests of the supervisor."""

import subprocess
import sys
import time
from collections.abc import Callable
from io import StringIO

from arena.supervisor.child import Program
from arena.supervisor.output import Terminal


class Screen(Terminal):
    """A terminal whose lines can be read."""

    def __init__(self) -> None:
        self._text = StringIO()
        super().__init__(self._text)

    @property
    def lines(self) -> list[str]:
        return self._text.getvalue().splitlines()


def shell(script: str, *, name: str = "worker x") -> Program:
    return Program(name, ("/bin/sh", "-c", script))


def python(script: str) -> Program:
    return Program("python", (sys.executable, "-c", script))


def is_alive(pid: int) -> bool:
    """Whether the process still runs; one that only waits to be collected does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")


def wait_until(holds: Callable[[], bool], *, patience: float = 10.0) -> bool:
    """Whether it came to hold within `patience` seconds."""
    deadline = time.monotonic() + patience
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
