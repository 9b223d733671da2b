"""How the text of answers is released to a page: as it comes, at one pace for both sides, or whole.

Who writes faster says something about who it is. `lockstep` lets both sides begin at one moment and go on in equal
steps, which the slower one sets; `when_done` shows nothing before both have ended. In every mode the page learns how a
side ended when both have. Nothing is lost or reordered within a side.

Text is released at moments that lie on one grid for everybody, and by the times at which the events came into the
stream. So whoever looks sees the same text at the same time: a page that is loaded anew, a second one, the button that
stops both.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from math import floor
from time import time

from arena.answers.events import Event, position
from arena.models.battles import Pacing

TICK_SECONDS = 0.25
#: Characters of each side that one tick may show: faster than most read, slower than a fast server writes.
CHARACTERS_A_TICK = 80
#: Of the steps that both sides took, the last ones say at which pace the longer answer goes on alone.
REMEMBERED_STEPS = 40
#: The first steps bring what one side had written before the other began, so they say nothing of a pace.
FIRST_STEPS = 2
#: Fewer steps say too little.
MIN_STEPS = 4
#: Characters a tick: whoever waits for the rest of an answer waits no longer than this takes.
MIN_PACE = 8
#: A stream is silent for no longer than a quarter of an hour before its answers are given up.
MAX_TICKS = 3600

ENDS = ("finished", "stopped", "failed")

Entry = tuple[str, Event]


async def paced(entries: AsyncIterator[Entry], pacing: Pacing) -> AsyncIterator[Event]:
    """Yield the events at this pacing, LOCKSTEP or WHEN_DONE, first those that are released already.

    entries: from the first one on. Ends where they end.
    """
    release, ahead = Release(pacing), 0.0
    coming = asyncio.ensure_future(anext(entries, None))
    try:
        while True:
            done, _ = await asyncio.wait({coming}, timeout=release.seconds_to_tick(time() + ahead))
            if done:
                if (entry := coming.result()) is None:
                    return
                # Where Redis runs on another machine, its clock is the one that counts.
                ahead = max(ahead, moment_of(entry[0]) - time())
                release.put(entry)
                coming = asyncio.ensure_future(anext(entries, None))
            for event in release.until(time() + ahead):
                yield event
    finally:
        coming.cancel()


async def as_it_comes(entries: AsyncIterator[Entry], *, after: str) -> AsyncIterator[Entry]:
    """Yield what follows the id `after` when it comes, and both ends together; who has come to work is left out.

    entries: from the first one on, since an end that is held back lies before an id that the page has.
    """
    ends = _Ends()
    async for entry in entries:
        for given in ends.released(entry, after=after):
            yield given


def released(entries: Iterable[Entry], pacing: Pacing, *, now: float | None = None, after: str = "0") -> list[Entry]:
    """Return the ids and events that a page had at this moment, in seconds of the events' clock; None: in the end.

    after: where events keep their ids, which is LIVE, only what follows this one; elsewhere the ids are "0".
    """
    if pacing == Pacing.LIVE:
        ends = _Ends()
        return [given for entry in entries for given in ends.released(entry, after=after)]
    release = Release(pacing)
    for entry in entries:
        if now is None or moment_of(entry[0]) <= now:
            release.put(entry)
    return [("0", event) for event in (release.rest() if now is None else release.until(now))]


def moment_of(id: str) -> float:
    """Return when the event with this id came into its stream, in seconds."""
    return position(id)[0] / 1000


class _Ends:
    """Holds the end of one side back until the other side has ended too."""

    def __init__(self) -> None:
        self._held: dict[int, dict[str, Event]] = {}

    def released(self, entry: Entry, *, after: str) -> list[Entry]:
        """Return what a page that has all up to the id `after` gets because of this event."""
        id, event = entry
        held = self._held.setdefault(event.turn, {})
        if (earlier := held.get(event.slot)) and event.attempt > earlier.attempt:
            del held[event.slot]
        if event.kind in ENDS:
            held[event.slot] = event
            return [(id, held[slot]) for slot in sorted(held)] if len(held) == 2 else []
        is_news = position(id) > position(after) and event.kind != "started" and event.slot not in held
        return [entry] if is_news else []


class Release:
    """A pacer whose ticks lie on a grid of time: at each multiple of TICK_SECONDS."""

    def __init__(self, pacing: Pacing) -> None:
        self._pacer = Pacer(is_whole=pacing == Pacing.WHEN_DONE)
        self._ticks: int | None = None
        self._given: list[Event] = []

    def put(self, entry: Entry) -> None:
        """Take the next entry. What is released before its moment knows nothing of it."""
        self._run(moment_of(entry[0]))
        self._pacer.put(entry[1])

    def until(self, now: float) -> list[Event]:
        """Return what is released until this moment and was not returned before."""
        self._run(now)
        given, self._given = self._given, []
        return given

    def rest(self) -> list[Event]:
        """Return all that is left of turns whose sides have ended, whatever the moment."""
        self._given += self._pacer.rest()
        return self.until(0)

    def seconds_to_tick(self, now: float) -> float:
        """Return how long it takes until something may be released."""
        if self._ticks is None:
            return TICK_SECONDS
        return max(0.0, (self._ticks + 1) * TICK_SECONDS - now)

    def _run(self, now: float) -> None:
        due = floor(now / TICK_SECONDS)
        if self._ticks is None:
            self._ticks = due
        for _ in range(max(self._ticks, due - MAX_TICKS), due):
            self._given += self._pacer.tick()
        self._ticks = max(self._ticks, due)


@dataclass
class _Side:
    """One side of a turn. given: how many characters of its text are released. parts: in how many the text came."""

    attempt: int = 0
    text: str = ""
    given: int = 0
    parts: int = 0
    end: Event | None = None

    @property
    def waiting(self) -> int:
        """Return how many characters are there to be released."""
        return len(self.text) - self.given

    @property
    def is_over(self) -> bool:
        return self.end is not None and not self.waiting


@dataclass
class _Turn:
    """The sides of a turn by slot. steps: how many characters both got at each tick while both went on."""

    sides: dict[str, _Side] = field(default_factory=dict)
    steps: list[int] = field(default_factory=list)
    steps_alone: int = 0
    is_over: bool = False

    @property
    def has_text(self) -> bool:
        """Tell whether both sides have some."""
        return all(side.text for side in self.sides.values())

    @property
    def has_ended(self) -> bool:
        """Tell whether both sides have, though the page may not have all of them yet."""
        return all(side.end for side in self.sides.values())

    def step(self) -> int:
        """Return how many characters each side that is not over gets now."""
        going = [side for side in self.sides.values() if not side.is_over]
        if len(going) == 2:
            self.steps.append(min(CHARACTERS_A_TICK, *(side.waiting for side in going)))
            return self.steps[-1]
        return min(going[0].waiting, self._pace_alone()) if going else 0

    def _pace_alone(self) -> int:
        """Return a step of the pace that both had.

        The one that is left may be the faster or the slower: it goes on as before, so that nobody can tell which. A
        little slower, since the slower one could not always keep a step that chance had made large.
        """
        # The last one is what was left of the shorter answer; a full one says only that both had written enough.
        pace = [n - n // 8 for n in self.steps[FIRST_STEPS:-1] if n < CHARACTERS_A_TICK][-REMEMBERED_STEPS:]
        if len(pace) < MIN_STEPS:
            return CHARACTERS_A_TICK
        if sum(pace) < MIN_PACE * len(pace):
            return MIN_PACE
        self.steps_alone += 1
        return pace[self.steps_alone % len(pace)]


class Pacer:
    """Takes events when they come and releases them tick by tick. is_whole: only once both sides have ended."""

    def __init__(self, *, is_whole: bool) -> None:
        self._is_whole = is_whole
        self._turns: dict[int, _Turn] = {}
        self._restarts: list[Event] = []

    def put(self, event: Event) -> None:
        sides = self._turns.setdefault(event.turn, _Turn()).sides
        side = sides.get(event.slot)
        if side and event.attempt < side.attempt:
            return  # a worker that lost its lease
        if side is None or event.attempt > side.attempt or event.kind == "restarted":
            if event.kind == "restarted" and side and side.given:
                self._restarts.append(event)
            side = sides[event.slot] = _Side(event.attempt)
        if event.kind in ENDS:
            side.end = event
            if event.kind == "stopped":
                side.text = side.text[: side.given]
        elif event.kind == "text" and side.end is None:
            # Who has come to work first would tell, so "started" is dropped.
            side.text += event.text
            side.parts += 1

    def tick(self) -> list[Event]:
        """Return the events that the page gets now, of both sides alike."""
        given, self._restarts = self._restarts, []
        for number, turn in self._turns.items():
            if len(turn.sides) == 2 and not turn.is_over:
                given += self._next(number, turn)
        return given

    def rest(self) -> list[Event]:
        """Return what is left of each turn whose sides have both ended."""
        given = []
        for number, turn in self._turns.items():
            if len(turn.sides) == 2 and not turn.is_over and turn.has_ended:
                given += self._whole(number, turn)
        return given

    def _next(self, number: int, turn: _Turn) -> list[Event]:
        if turn.has_ended and self._is_whole:
            return self._end(turn)
        if turn.has_ended and not turn.has_text:
            return self._whole(number, turn)
        if self._is_whole or not turn.has_text:
            # Beside a side that ended without a word, the other's words would tell so at once.
            return []
        step = turn.step()
        given = [piece for slot, side in turn.sides.items() for piece in self._piece(number, slot, side, step)]
        return given + (self._end(turn) if all(side.is_over for side in turn.sides.values()) else [])

    def _whole(self, number: int, turn: _Turn) -> list[Event]:
        """Return all text that is left, in as many parts for both, and the ends."""
        given, parts = [], max(1, *(side.parts for side in turn.sides.values()))
        for slot, side in turn.sides.items():
            step = -(-side.waiting // parts)
            while side.waiting:
                given += self._piece(number, slot, side, step)
        return given + self._end(turn)

    def _end(self, turn: _Turn) -> list[Event]:
        turn.is_over = True
        return [side.end for side in turn.sides.values() if side.end]

    def _piece(self, turn: int, slot: str, side: _Side, step: int) -> list[Event]:
        """Return the side's next characters as an event, if there are any."""
        text = side.text[side.given : side.given + step]
        side.given += len(text)
        return [Event(turn, slot, side.attempt, "text", text)] if text else []
