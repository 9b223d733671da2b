"""One supervised process: its output is prefixed with its name, and its death is answered by a new start."""

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from arena.supervisor.output import Relay, Terminal

FIRST_DELAY = 0.5
MAX_DELAY = 30.0
STEADY_AFTER = 60.0
CANNOT_BE_STARTED = 126
#: How a worker ends whose model can never answer as it is (EX_CONFIG of sysexits): another start would not help.
CANNOT_SERVE = 78
_PR_SET_PDEATHSIG = 1
# Looked up once, before any fork: between fork and exec nothing may be imported.
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


@dataclass(frozen=True)
class Program:
    """A program to start. term_group: the whole group is asked to end, not the main process alone."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    term_group: bool = False


def own_session() -> dict[str, Any]:
    """Return arguments of Popen for a child out of the terminal's reach that Linux kills when its parent dies.

    Use it in the main thread only: Linux counts the end of the starting thread as the parent's death.
    """
    return {
        "start_new_session": True,
        "stdin": subprocess.DEVNULL,
        "preexec_fn": partial(_die_with, os.getpid()),
    }


def _die_with(parent: int) -> None:
    if _prctl is None:
        return
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died between fork and here: nothing will signal us any more
        os._exit(1)


def how_it_ended(code: int) -> str:
    """Return an exit code in words: "ended with code 1", "ended by SIGKILL"."""
    names = {number.value: number.name for number in signal.Signals}
    return f"ended with code {code}" if code >= 0 else f"ended by {names.get(-code, f'signal {-code}')}"


class Child:
    """A program and the process that runs it now, if any."""

    def __init__(self, program: Program, terminal: Terminal, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.program = program
        self.pid: int | None = None
        #: Set when it cannot serve, and is not started any more.
        self.given_up = asyncio.Event()
        self._terminal = terminal
        self._clock = clock
        self._stopping = asyncio.Event()
        self._last_signal = signal.SIGTERM

    async def run_once(self) -> int:
        """Run it in the foreground, its output untouched, and return its exit code."""
        return await self._run(None)

    async def keep_running(self) -> None:
        """Start it again whenever it ends, after a pause that doubles while it dies young.

        Return once it is stopped, or cannot serve.
        """
        delay = FIRST_DELAY
        while not self._stopping.is_set():
            started = self._clock()
            code = await self._run_relayed()
            if self._stopping.is_set():
                return
            if code == CANNOT_SERVE:
                self.given_up.set()
                self._terminal.say(f"{self.program.name} cannot serve: `manage.py models` says why")
                return
            if self._clock() - started >= STEADY_AFTER:
                delay = FIRST_DELAY
            self._terminal.say(f"{self.program.name} {how_it_ended(code)}; starting it again in {delay:g} s")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), delay)
            delay = min(2 * delay, MAX_DELAY)

    def stop(self) -> None:
        """Ask it to end; it is not started again."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it and all of its group at once; it is not started again."""
        self._end(signal.SIGKILL)

    async def _run_relayed(self) -> int:
        # A pipe of our own: until Python 3.12.4 asyncio's wait() hangs on a grandchild that keeps its pipe open.
        reading, writing = os.pipe()
        relay = Relay(reading, self.program.name, self._terminal)
        try:
            code = await self._run(writing)
            with suppress(TimeoutError):
                await asyncio.wait_for(relay.ended.wait(), 1)
        finally:
            relay.close()
        return code

    async def _run(self, output: int | None) -> int:
        try:
            process = await self._spawn(output)
        except OSError as error:
            self._terminal.say_for(self.program.name, str(error))
            return CANNOT_BE_STARTED
        finally:
            if output is not None:
                os.close(output)
        self.pid = process.pid
        if self._stopping.is_set():  # asked to end while it was being started
            self._signal()
        code = await process.wait()
        self._kill_group()  # what it left behind
        self.pid = None
        return code

    async def _spawn(self, output: int | None) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *self.program.argv,
            env={**os.environ, **self.program.env},
            stdout=output,
            stderr=output,
            **own_session(),
        )

    def _end(self, number: signal.Signals) -> None:
        self._last_signal = number
        self._stopping.set()
        self._signal()

    def _signal(self) -> None:
        if self._last_signal == signal.SIGKILL:
            self._kill_group()
        elif self.pid is not None:
            send = os.killpg if self.program.term_group else os.kill
            with suppress(ProcessLookupError):
                send(self.pid, self._last_signal)

    def _kill_group(self) -> None:
        # macOS answers EPERM for a group of which only the zombie of its leader is left.
        if self.pid is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
