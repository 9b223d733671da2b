"""What the terminal shows: the supervisor's own sentences, and each child's lines behind its name."""

import asyncio
import os
from contextlib import suppress
from typing import IO


class Terminal:
    """A terminal that whole lines are printed to. width: of the longest child's name."""

    def __init__(self, stream: IO[str], *, width: int = 0) -> None:
        self._stream = stream
        self.width = width

    def say(self, line: str) -> None:
        """Print one line. A terminal that has gone away is no reason to leave children behind, so it is ignored."""
        with suppress(OSError, ValueError):
            print(line, file=self._stream, flush=True)

    def say_for(self, name: str, line: str) -> None:
        """Print a child's line behind its name."""
        self.say(f"{name:<{self.width}} | {line}")


class Relay:
    """What carries a pipe's content to the terminal, line by line, until every writer has closed the pipe."""

    def __init__(self, reading: int, name: str, terminal: Terminal) -> None:
        self._reading, self._name, self._terminal = reading, name, terminal
        self._rest = b""
        self.ended = asyncio.Event()
        os.set_blocking(reading, False)
        asyncio.get_running_loop().add_reader(reading, self._read)

    def close(self) -> None:
        """Print what is left and let the pipe go."""
        if self.ended.is_set():
            return
        self.ended.set()
        asyncio.get_running_loop().remove_reader(self._reading)
        os.close(self._reading)
        if self._rest:
            self._print(self._rest)

    def _read(self) -> None:
        try:
            received = os.read(self._reading, 65536)
        except BlockingIOError:
            return
        if not received:
            self.close()
            return
        *lines, self._rest = (self._rest + received).split(b"\n")
        for line in lines:
            self._print(line)

    def _print(self, line: bytes) -> None:
        # A progress bar rewrites its line with carriage returns: only its last state is worth a line.
        shown = line.decode(errors="replace").rstrip("\r").rpartition("\r")[2].rstrip()
        if shown:
            self._terminal.say_for(self._name, shown)
