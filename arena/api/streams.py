"""A battle's events as server-sent events: a program sees what a page's socket gets."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from time import monotonic

import redis
from django.http import StreamingHttpResponse

from arena.answers import events
from arena.answers.events import Event
from arena.answers.pacing import ENDS
from arena.battles.blind import Feed

#: Proxies close what is silent for longer.
KEEP_ALIVE_SECONDS = 15.0
#: A stream whose end was lost ends by itself; the program comes again and finds what is stored.
MAX_SECONDS = 600.0
#: How long a stream goes on at most after its token was revoked; a silent one tells nothing.
ASK_AGAIN_SECONDS = 3.0

_KEEP_ALIVE = ": still here\n\n"
_SETTLED = "event: settled\ndata: {}\n\n"

Entry = tuple[str, Event]


def event_stream(feed: Feed, *, after: str, may_go_on: Callable[[], Awaitable[bool]]) -> StreamingHttpResponse:
    """Return a stream of this turn's events after the id `after`, until all answers have ended.

    may_go_on: tells whether the program may still read; asked every few seconds.
    """
    parts = _while_allowed(_parts(feed, events.stream_id(after)), may_go_on)
    response = StreamingHttpResponse(parts, content_type="text/event-stream")
    # nginx would hold the words back until a buffer is full.
    response["X-Accel-Buffering"] = "no"
    return response


async def _while_allowed(
    parts: AsyncGenerator[str, None], may_go_on: Callable[[], Awaitable[bool]]
) -> AsyncIterator[str]:
    asked = monotonic()
    async with aclosing(parts) as coming:
        async for part in coming:
            if monotonic() - asked >= ASK_AGAIN_SECONDS:
                asked = monotonic()
                if not await may_go_on():
                    return
            yield part


async def _parts(feed: Feed, after: str) -> AsyncGenerator[str, None]:
    ended, deadline = set[str](), monotonic() + MAX_SECONDS
    entries = _entries(feed, after) if feed.is_running else _missed(feed, after)
    try:
        async with aclosing(_kept_alive(entries)) as coming:
            async for entry in coming:
                if monotonic() > deadline:
                    return
                yield _part(entry, feed)
                ended |= _ended(entry, feed.turn)
                # Of a blind battle the page learns of both at once.
                if len(ended) == 2 and feed.is_running:
                    break
    except (redis.RedisError, OSError):
        # Without `settled`: the program comes again.
        return
    yield _SETTLED


async def _entries(feed: Feed, after: str) -> AsyncGenerator[Entry, None]:
    """Yield ids and events as they come.

    In lockstep, or when done, events have no id, and who comes again gets them from the start.
    """
    async for entry in feed.follow(after=after):
        yield entry


async def _missed(feed: Feed, after: str) -> AsyncGenerator[Entry, None]:
    """Yield what a program that comes after the end has not seen, as far as Redis still has it."""
    for entry in await feed.missed(after=after):
        yield entry


async def _kept_alive(entries: AsyncGenerator[Entry, None]) -> AsyncGenerator[Entry | None, None]:
    """Yield the entries, and None whenever nothing has come for a while."""
    coming = asyncio.ensure_future(anext(entries, None))
    try:
        while True:
            done, _ = await asyncio.wait({coming}, timeout=KEEP_ALIVE_SECONDS)
            if done and (entry := coming.result()) is None:
                return
            yield entry if done else None
            if done:
                coming = asyncio.ensure_future(anext(entries, None))
    finally:
        coming.cancel()
        await asyncio.wait({coming})
        await entries.aclose()


def _part(entry: Entry | None, feed: Feed) -> str:
    """Return the event as a part of the stream.

    Words go out as text. The answer's HTML is for pages: a program reads the whole answer from the battle.
    """
    if entry is None:
        return _KEEP_ALIVE
    id, event = entry
    if event.turn != feed.turn:
        return ""
    data: dict[str, object] = {"turn": event.turn, "slot": event.slot, "attempt": event.attempt}
    if event.kind == "text":
        data["text"] = event.text
    head = f"id: {id}\n" if feed.has_ids else ""
    return f"{head}event: {event.kind}\ndata: {json.dumps(data)}\n\n"


def _ended(entry: Entry | None, turn: int) -> set[str]:
    if entry is None or entry[1].turn != turn or entry[1].kind not in ENDS:
        return set()
    return {entry[1].slot}
