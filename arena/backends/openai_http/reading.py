"""One answer, read by a thread, so that whoever waits for its text never waits longer than a moment."""

import random
from collections.abc import Callable, Iterator, Mapping
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any

import httpx

from arena.backends.base import BackendError, GenerationFailed, Unavailable
from arena.backends.openai_http.connection import Aborted, Connection
from arena.backends.openai_http.endpoint import Endpoint, Limits
from arena.backends.openai_http.failures import Transient
from arena.backends.openai_http.stream import Delta, capped, deltas, read_chunk

#: The longest wait without a sign of life.
PAUSE_SECONDS = 0.25
#: The usage comes in a chunk after the answer's last one; a server that does not hang up is not waited for.
USAGE_SECONDS = 2.0


class Reading:
    """One request that is asked once, and again where that may help. Close it to end the work."""

    def __init__(
        self, endpoint: Endpoint, connection: Connection, body: Mapping[str, Any], limits: Limits, *, most_bytes: int
    ) -> None:
        self._endpoint, self._connection, self._body, self._limits = endpoint, connection, body, limits
        self._most_bytes = most_bytes
        self._deadline = monotonic() + limits.answer_seconds
        self._has_begun = False
        self._out: SimpleQueue[Delta | BaseException | None] = SimpleQueue()
        # A daemon: looking up a name cannot be interrupted, and must not keep the worker from ending.
        Thread(target=self._run, name="remote-answer", daemon=True).start()

    def close(self) -> None:
        self._connection.abort()

    def deltas(self) -> Iterator[Delta]:
        """Yield the deltas as they come, an empty one where a moment brought none. Raises BackendError."""
        until, has_ended = self._deadline, False
        while True:
            item = self._next(until)
            if isinstance(item, Delta):
                yield item
                if item.reason and not has_ended:
                    until, has_ended = min(until, monotonic() + USAGE_SECONDS), True
            elif item is None or has_ended:
                return
            else:
                raise item

    def _next(self, until: float) -> Delta | BaseException | None:
        left = until - monotonic()
        if left <= 0:
            return self._once_begun(Unavailable(f"no whole answer within {self._limits.answer_seconds:g} s"))
        try:
            return self._out.get(timeout=min(left, PAUSE_SECONDS))
        except Empty:
            return Delta()

    def _run(self) -> None:
        try:
            self._read()
        except Aborted:
            return
        except BackendError as error:
            self._out.put(self._once_begun(error))
        except BaseException as error:  # noqa: BLE001 (raised again where the answer is waited for)
            self._out.put(error)
        else:
            self._out.put(None)

    def _read(self) -> None:
        for number in range(1, self._limits.tries + 1):
            try:
                return self._read_once()
            except Transient as error:
                wait = self._wait_after(error, number)
                if wait is None:
                    raise
            self._connection.wait(wait)
        return None

    def _wait_after(self, error: Transient, number: int) -> float | None:
        """Return the seconds until the next try, or None if there is none. Half an answer is never begun anew."""
        back_off = self._limits.back_off_seconds * 2 ** (number - 1) * random.uniform(0.8, 1.2)
        wait = max(back_off, error.retry_after or 0.0)
        is_over = self._has_begun or number == self._limits.tries or monotonic() + wait >= self._deadline
        return None if is_over or wait > self._limits.longest_wait else wait

    def _read_once(self) -> None:
        with self._connection.open("POST", "chat/completions", self._body) as response:
            for delta in _deltas_in(response, self._most_bytes, self._endpoint.hide_key):
                self._has_begun = self._has_begun or bool(delta.text) or delta.thinks
                self._out.put(delta)

    def _once_begun(self, error: BackendError) -> BackendError:
        """Return the same error, or GenerationFailed if the answer had begun."""
        if not self._has_begun or isinstance(error, GenerationFailed):
            return error
        begun = GenerationFailed(str(error))
        begun.__cause__ = error
        return begun


def _deltas_in(response: httpx.Response, most_bytes: int, hide_key: Callable[[str], str]) -> Iterator[Delta]:
    parts = capped(response.iter_raw(), most_bytes)
    read: dict[str, Callable[[], Iterator[Delta]]] = {
        "text/event-stream": lambda: deltas(parts, hide_key),
        "application/json": lambda: iter([_whole(hide_key(b"".join(parts).decode("utf-8", "replace")))]),
    }
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in read:
        raise Unavailable(f"the server answered with {kind[:60]!r}, not with a chat completion: is base_url right?")
    yield from read[kind]()


def _whole(body: str) -> Delta:
    """Return a reply that is not streamed as one piece. Raises BackendError."""
    delta = read_chunk(body)
    if delta.reason is None:
        raise Unavailable("the reply holds no finished answer")
    return delta
