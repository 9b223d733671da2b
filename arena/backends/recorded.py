"""Answers that were recorded elsewhere, replayed as if they were being written now."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings

from arena.backends.base import Completion, Piece, Request, Unavailable
from arena.backends.thoughts import parted

TICK_SECONDS = 0.1


class RecordedBackend:
    """A backend that replays options["text"], the whole answer. It holds no weights and counts no tokens.

    sleep: waits for the given seconds. rate: characters a second; None: the setting RECORDED_RATE.
    """

    def __init__(
        self, *, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep, rate: float | None = None
    ) -> None:
        self._sleep, self._rate = sleep, rate

    def stream(self, request: Request) -> AsyncGenerator[Piece, None]:
        """Yield the text in ticks of 100 ms; an empty piece where the pace is slower than a character a tick.

        Raises Unavailable where there is no text, or the rate is not above 0.
        """
        return parted(self._stream(request), who=request.options.get("text"))

    async def _stream(self, request: Request) -> AsyncGenerator[Piece, None]:
        text, per_tick = self._text(request), self._characters_per_tick()
        shown = ticks = 0
        while shown < len(text):
            await self._sleep(TICK_SECONDS)
            ticks += 1
            until = int(ticks * per_tick)
            yield Piece(text[shown:until])
            shown = until
        yield Piece(end=Completion("stop"))

    def count_tokens(self, request: Request) -> int:
        """Return 0: a recorded answer takes no context window."""
        return 0

    def warm_up(self, options: Mapping[str, Any]) -> None:
        """Do nothing: there is nothing to load."""

    def _text(self, request: Request) -> str:
        text = request.options.get("text")
        if not isinstance(text, str):
            raise Unavailable("a recorded answer is asked for, but the request carries no text")
        return text

    def _characters_per_tick(self) -> float:
        rate = settings.RECORDED_RATE if self._rate is None else self._rate
        if rate <= 0:
            raise Unavailable(f"the rate of recorded answers must be above 0 characters a second, not {rate}")
        return float(rate) * TICK_SECONDS
