"""One answer to write, and the post box in which its tokens come from the scheduler's thread."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Literal

from arena.backends.base import BackendError, Decoding, GenerationFailed

Reason = Literal["stop", "length"]

SIGN_OF_LIFE_SECONDS = 0.4
#: A step lasts less; a scheduler that is silent for longer after the deadline is stuck in the model.
PATIENCE_SECONDS = 5.0


class _End:
    """The mark that no more tokens come."""


_Word = int | None | _End | BackendError


@dataclass(eq=False)
class Job:
    """One answer to write.

    prompt: token ids. deadline: on the monotonic clock; after it the answer fails. reason: once it has ended.
    adapter: the folder of the LoRA adapter that writes; None: the base alone. ends: tokens that end this answer
    besides those that end every one.
    """

    prompt: list[int]
    decoding: Decoding
    seed: int
    deadline: float
    adapter: Path | None = None
    ends: frozenset[int] = frozenset()
    reason: Reason = field(default="length", init=False)
    is_open: bool = field(default=True, init=False)
    _post: "SimpleQueue[_Word]" = field(default_factory=SimpleQueue, init=False)
    _wake: Callable[[], object] | None = field(default=None, init=False)

    @property
    def reserved(self) -> int:
        """The number of tokens whose keys and values this job may come to hold."""
        return len(self.prompt) + self.decoding.max_new_tokens

    async def tokens(self) -> AsyncGenerator[int | None, None]:
        """Yield each token when it is written, None as a sign of life. Raises BackendError.

        Closing the generator gives the job up: the scheduler drops it before its next step.
        """
        came, loop = asyncio.Event(), asyncio.get_running_loop()
        self._wake = lambda: loop.call_soon_threadsafe(came.set)
        try:
            while not isinstance(word := await self._next(came), _End):
                if isinstance(word, BackendError):
                    raise word
                yield word
        finally:
            self.is_open = False

    def put(self, token: int | None) -> None:
        """Hand over a token, or None: the scheduler has come a step further."""
        self._send(token)

    def end(self, reason: Reason) -> None:
        self.reason, self.is_open = reason, False
        self._send(_End())

    def fail(self, sentence: str, cause: BaseException | None = None) -> None:
        error = GenerationFailed(sentence)
        error.__cause__ = cause
        self.refuse(error)

    def refuse(self, error: BackendError) -> None:
        self.is_open = False
        self._send(error)

    def _send(self, word: _Word) -> None:
        self._post.put(word)
        if self._wake is not None:
            # RuntimeError: nobody waits any more, and the loop in which somebody did is closed.
            with suppress(RuntimeError):
                self._wake()

    async def _next(self, came: asyncio.Event) -> _Word:
        came.clear()
        with suppress(Empty):
            return self._post.get_nowait()
        try:
            await asyncio.wait_for(came.wait(), SIGN_OF_LIFE_SECONDS)
            return self._post.get_nowait()
        except (TimeoutError, Empty):
            if monotonic() > self.deadline + PATIENCE_SECONDS:
                raise GenerationFailed("the model has been silent since the deadline") from None
            return None
