"""One answer, read so that whoever waits for its text never waits longer than a moment."""

import asyncio
import random
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from time import monotonic
from typing import Any

from arena.backends.base import BackendError, GenerationFailed, Unavailable
from arena.backends.openai_http.connection import Connection
from arena.backends.openai_http.endpoint import Endpoint, Limits
from arena.backends.openai_http.failures import Transient
from arena.backends.openai_http.stream import Delta, capped, deltas

#: The longest wait without a sign of life.
PAUSE_SECONDS = 0.25
#: So long after its last words a server that has named a reason may be silent; then its answer is over. Some name one
#: with each chunk, and some do not hang up.
SILENCE_SECONDS = 2.0


class Reading:
    """One request that is asked once, and again where that may help."""

    def __init__(
        self, endpoint: Endpoint, connection: Connection, body: Mapping[str, Any], limits: Limits, *, most_bytes: int
    ) -> None:
        self._endpoint, self._connection, self._body, self._limits = endpoint, connection, body, limits
        self._most_bytes = most_bytes
        self._deadline = monotonic() + limits.answer_seconds
        self._has_begun = self._has_text = False
        #: Since when a reason stands that nothing has followed; and whether one was followed, so that none counts.
        self._ended_at: float | None = None
        self._goes_on_after_reasons = False

    async def deltas(self) -> AsyncGenerator[Delta, None]:
        """Yield the deltas as they come, an empty one where a moment brought none. Raises BackendError.

        Closing it hangs up.
        """
        async with aclosing(self._tries()) as coming:
            task = asyncio.ensure_future(anext(coming, None))
            try:
                while not self._is_over():
                    await asyncio.wait({task}, timeout=PAUSE_SECONDS)
                    if not task.done():
                        yield Delta()
                        continue
                    delta = self._result(task)
                    if delta is None:
                        return
                    self._note(delta)
                    yield delta
                    task = asyncio.ensure_future(anext(coming, None))
            finally:
                task.cancel()
                await asyncio.wait({task})

    def _result(self, task: "asyncio.Future[Delta | None]") -> Delta | None:
        try:
            return task.result()
        except BackendError as error:
            # The end was said, and the line to the server broke after it.
            if isinstance(error, Transient) and self._ended_at is not None and not self._goes_on_after_reasons:
                return None
            if (ended := self._once_begun(error)) is error:
                raise
            raise ended from error

    def _is_over(self) -> bool:
        if self._ended_at is not None and self._has_text and monotonic() >= self._ended_at + SILENCE_SECONDS:
            return True
        if monotonic() < self._deadline:
            return False
        raise self._once_begun(Unavailable(f"no whole answer within {self._limits.answer_seconds:g} s"))

    def _note(self, delta: Delta) -> None:
        has_words = bool(delta.text or delta.thoughts)
        if has_words and self._ended_at is not None:
            self._goes_on_after_reasons, self._ended_at = True, monotonic()
        if delta.reason:
            self._ended_at = monotonic()
        self._has_text = self._has_text or bool(delta.text)

    async def _tries(self) -> AsyncGenerator[Delta, None]:
        for number in range(1, self._limits.tries + 1):
            try:
                async with aclosing(self._one_try()) as coming:
                    async for delta in coming:
                        yield delta
                return
            except Transient as error:
                wait = self._wait_after(error, number)
                if wait is None:
                    raise
            await asyncio.sleep(wait)

    def _wait_after(self, error: Transient, number: int) -> float | None:
        """Return the seconds until the next try, or None if there is none. Half an answer is never begun anew."""
        back_off = self._limits.back_off_seconds * 2 ** (number - 1) * random.uniform(0.8, 1.2)
        wait = max(back_off, error.retry_after or 0.0)
        is_over = self._has_begun or number == self._limits.tries or monotonic() + wait >= self._deadline
        return None if is_over or wait > self._limits.longest_wait else wait

    async def _one_try(self) -> AsyncGenerator[Delta, None]:
        most_tokens = self._connection.most_tokens
        async with self._connection.open("POST", "chat/completions", self._body) as response:
            parts = capped(response.aiter_raw(), self._most_bytes)
            async for delta in deltas(parts, self._endpoint.hide_key, most_tokens=most_tokens):
                self._has_begun = self._has_begun or bool(delta.text or delta.thoughts)
                yield delta

    def _once_begun(self, error: BackendError) -> BackendError:
        """Return the same error, or GenerationFailed if the answer had begun."""
        if not self._has_begun or not isinstance(error, Unavailable):
            return error
        begun = GenerationFailed(str(error))
        begun.__cause__ = error
        return begun
