"""How the text of answers is released to a page: as it comes, at one pace for both sides, or whole.

Who writes faster says something about who it is. `lockstep` lets both sides begin at one moment and go on in equal
steps; `when_done` shows nothing before both have ended. Nothing is lost or reordered within a side.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from time import monotonic

from arena.answers.events import Event
from arena.models.battles import Pacing

TICK_SECONDS = 0.25
#: Characters of each side that one tick may show: faster than most read, slower than a fast server writes.
CHARACTERS_A_TICK = 80

#: Characters that a page has shown already, by turn, slot and attempt: it is not sent them again.
Shown = Mapping[tuple[int, str, int], int]


async def paced(entries: AsyncIterator[tuple[str, Event]], pacing: Pacing, shown: Shown) -> AsyncIterator[Event]:
    """Yield the events at this pacing, LOCKSTEP or WHEN_DONE. Ends where the entries end."""
    pacer, next_tick = Pacer(is_whole=pacing == Pacing.WHEN_DONE, shown=shown), monotonic() + TICK_SECONDS
    coming = asyncio.ensure_future(anext(entries, None))
    try:
        while True:
            done, _ = await asyncio.wait({coming}, timeout=max(0.0, next_tick - monotonic()))
            if done:
                if (entry := coming.result()) is None:
                    return
                pacer.put(entry[1])
                coming = asyncio.ensure_future(anext(entries, None))
            if monotonic() >= next_tick:
                next_tick = monotonic() + TICK_SECONDS
                for event in pacer.tick():
                    yield event
    finally:
        coming.cancel()


@dataclass
class _Side:
    """The text of one side that the page has not got yet. skip: how many characters it has got before."""

    attempt: int = 0
    skip: int = 0
    text: str = ""
    has_text: bool = False
    end: Event | None = None
    is_over: bool = False


class Pacer:
    """Takes events when they come and releases them tick by tick. is_whole: only once both sides have ended."""

    def __init__(self, *, is_whole: bool, shown: Shown) -> None:
        self._is_whole, self._shown = is_whole, shown
        self._turns: dict[int, dict[str, _Side]] = {}
        self._restarts: list[Event] = []

    def put(self, event: Event) -> None:
        sides = self._turns.setdefault(event.turn, {})
        side = sides.get(event.slot)
        if side is None or event.attempt > side.attempt or event.kind == "restarted":
            skip = self._shown.get((event.turn, event.slot, event.attempt), 0)
            side = sides[event.slot] = _Side(event.attempt, skip)
        if event.kind == "restarted":
            self._restarts.append(event)
        elif event.kind in ("started", "block"):
            return  # who has come to work first would tell; and blocks come faster than the words they are made of
        elif event.kind == "text":
            side.has_text = True
            side.text += event.text[side.skip :]
            side.skip = max(0, side.skip - len(event.text))
        else:
            side.end = event

    def tick(self) -> list[Event]:
        """Return the events that the page gets now, of both sides alike."""
        given, self._restarts = self._restarts, []
        for turn, sides in self._turns.items():
            if len(sides) == 2 and all(self._may_begin(side) for side in sides.values()):
                given += [event for slot, side in sides.items() for event in self._next(turn, slot, side)]
        return given

    def _may_begin(self, side: _Side) -> bool:
        return side.end is not None or (side.has_text and not self._is_whole)

    def _next(self, turn: int, slot: str, side: _Side) -> list[Event]:
        if side.is_over:
            return []
        # At its end the page gets the answer as a whole anyway.
        piece = "" if self._is_whole else side.text[:CHARACTERS_A_TICK]
        side.text = side.text[len(piece) :] if piece else ""
        given = [Event(turn, slot, side.attempt, "text", piece)] if piece else []
        if side.end is not None and not side.text:
            side.is_over = True
            given.append(side.end)
        return given
