"""A reverse proxy in front of an arena, for pages and sockets: it keeps the base path, or takes it off."""

import asyncio
import re
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Proxy:
    """Serves an arena below a base path on a port of its own. outside: what was asked for besides it, and lost."""

    def __init__(self, target: int, base: str, *, strips: bool) -> None:
        self._target, self._base, self._strips = target, base, strips
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        # asyncio itself holds a task by a weak reference only.
        self._copying: set[asyncio.Task[None]] = set()
        self.outside: list[str] = []
        self.url = ""

    def start(self) -> None:
        self._thread.start()
        assert self._started.wait(10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._started.set()
        await self._ended.wait()
        server.close()

    async def _answer(self, reader: StreamReader, writer: StreamWriter) -> None:
        with closing(writer), suppress(asyncio.IncompleteReadError, OSError):
            method, path, rest = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split(" ", 2)
            if f"{path}/".startswith(self._base):
                passed = f"/{path[len(self._base) :]}" if self._strips else path
                await self._pass_on(reader, writer, f"{method} {passed} {_without_keeping_alive(rest)}")
            else:
                self.outside.append(path)
                writer.write(NOT_FOUND)
                await writer.drain()

    async def _pass_on(self, reader: StreamReader, writer: StreamWriter, head: str) -> None:
        from_arena, to_arena = await asyncio.open_connection("127.0.0.1", self._target)
        with closing(to_arena):
            to_arena.write(head.encode("latin-1"))
            copying = {asyncio.create_task(_copy(reader, to_arena)), asyncio.create_task(_copy(from_arena, writer))}
            self._copying |= copying
            await asyncio.wait(copying, return_when=asyncio.FIRST_COMPLETED)
            for each in copying:
                each.cancel()
            self._copying -= copying


def _without_keeping_alive(head: str) -> str:
    """So that one connection carries one request; what opens a socket stays as it is."""
    return re.sub(r"(?im)^connection: keep-alive\r$", "Connection: close\r", head)


async def _copy(reader: StreamReader, writer: StreamWriter) -> None:
    with suppress(OSError):
        while received := await reader.read(65536):
            writer.write(received)
            await writer.drain()


@contextmanager
def proxy_before(port: int, base: str, *, strips: bool) -> Iterator[Proxy]:
    """A proxy before the arena on this port until the end of the block."""
    proxy = Proxy(port, base, strips=strips)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
