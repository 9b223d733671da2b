"""The children of one supervisor, and how they are ended together so that none is left behind."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from arena.supervisor.child import Child, Program
from arena.supervisor.output import Terminal

PATIENCE = 8.0
_AFTER_KILL = 1.0


class Family:
    """Programs that are started one by one and ended all at once."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._tasks: dict[asyncio.Task[Any], Child] = {}

    def keep(self, program: Program) -> Child:
        """Run a program until the family ends, starting it again whenever it dies."""
        child = Child(program, self._terminal)
        self._follow(child.keep_running(), child)
        return child

    async def run(self, program: Program) -> int:
        """Run a program that has the terminal for itself, and return its exit code."""
        child = Child(program, self._terminal)
        # Shielded: who gives up waiting must not lose sight of the process.
        return await asyncio.shield(self._follow(child.run_once(), child))

    async def end(self, *, patience: float = PATIENCE) -> None:
        """Ask every child to end, and kill those that have not after `patience` seconds."""
        for child in self._tasks.values():
            child.stop()
        await self._wait(patience)
        self.kill()
        await self._wait(_AFTER_KILL)

    def kill(self) -> None:
        """End every child and its group at once."""
        for child in self._tasks.values():
            child.kill()

    def _follow(self, running: Coroutine[Any, Any, int | None], child: Child) -> "asyncio.Task[Any]":
        task = asyncio.create_task(running)
        self._tasks[task] = child
        task.add_done_callback(self._tasks.pop)
        return task

    async def _wait(self, patience: float) -> None:
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=patience)
