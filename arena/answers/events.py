"""Live events: a Redis Stream for each battle, and one for the board in each language; sockets read them.

Events of a battle carry what a voter may see and nothing else: turn, slot, attempt, kind and text. A stream is a copy
for speed; the database has the truth, so whatever is lost here is only late on the page.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Literal
from weakref import WeakKeyDictionary

import redis

from arena.conf.redis_clients import client, client_of_loop, in_time, key

Kind = Literal["started", "text", "restarted", "finished", "stopped", "failed"]
LIFETIME_SECONDS = 3600
MAX_ENTRIES = 4000
#: A new battle's socket waits at most this long until the shared reader looks at its stream too.
READ_MILLISECONDS = 100
QUEUE_SIZE = 500
_STREAM_ID = re.compile(r"(\d{1,20})(?:-(\d{1,20}))?")


@dataclass(frozen=True)
class Event:
    """One thing that happens to an answer while it is written.

    text: words to append, without controls. html: safe HTML of the whole answer (finished, stopped).
    attempt: a page drops events of an older attempt than the newest that it has seen on that side.
    """

    turn: int
    slot: str
    attempt: int
    kind: Kind
    text: str = ""
    html: str = ""


@dataclass(frozen=True)
class Board:
    """The newest board. id: of its snapshot; message: what goes to the page, as it is."""

    id: str
    message: str


def publish(battle_id: str, event: Event, *, answer_id: int) -> bool:
    """Append to the battle's stream. Tell whether someone has asked to stop this answer. Raises redis.RedisError."""
    pipe = client().pipeline(transaction=False)
    stream = _key(battle_id)
    pipe.xadd(stream, {name: str(value) for name, value in asdict(event).items()}, maxlen=MAX_ENTRIES, approximate=True)
    pipe.expire(stream, LIFETIME_SECONDS)
    pipe.exists(_stop_key(answer_id))
    return bool(pipe.execute()[-1])


def forget(battle_id: str) -> None:
    """Delete all that was published of this battle. Raises redis.RedisError."""
    client().delete(_key(battle_id))


def ask_to_stop(answer_id: int) -> None:
    """Ask whoever writes this answer to stop at its next tick. Raises redis.RedisError."""
    client().set(_stop_key(answer_id), 1, ex=LIFETIME_SECONDS)


def must_stop(answer_id: int) -> bool:
    """Tell whether someone has asked to stop this answer. Raises redis.RedisError."""
    return bool(client().exists(_stop_key(answer_id)))


def stream_id(text: str) -> str:
    """Return the text if it can be an id of a stream; otherwise the id before all, "0"."""
    parts = _STREAM_ID.fullmatch(text)
    return text if parts and all(int(part or 0) < 2**64 for part in parts.groups()) else "0"


async def follow(battle_id: str, *, after: str) -> AsyncIterator[tuple[str, Event]]:
    """Yield ids and events that came after the id `after` ("0": all), then live ones, without gap or repeat.

    Never ends by itself. Raises redis.RedisError or OSError when Redis becomes unreachable.
    """
    async for id, fields in _hub().follow(_key(battle_id), after):
        yield id, _event(fields)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold a lock for reading and publishing the newest board: no older one may come after it.

    Raises redis.RedisError.
    """
    with client().lock(key("board:published"), timeout=30, blocking_timeout=30):
        yield


def publish_board(language: str, board: Board) -> None:
    """Send the board to all who follow it in this language. Raises redis.RedisError."""
    # Only the newest counts: a reader that comes late, or is slow, gets no older one.
    client().xadd(_board_key(language), {"id": board.id, "message": board.message}, maxlen=1, approximate=False)


async def follow_board(language: str, *, shown: int) -> AsyncIterator[Board]:
    """Yield the newest board, if it is newer than the one that is shown, then each that comes, unless it is older.

    Raises redis.RedisError or OSError.
    """
    stream, newest = _board_key(language), shown
    stored = await _hub().replay(stream, "0")
    for _, fields in stored:
        if int(fields["id"]) > newest:
            newest = int(fields["id"])
            yield Board(**fields)
    # From now on one with the number of the newest is new too, as when a card has changed.
    async for _, fields in _hub().follow(stream, stored[-1][0] if stored else "0"):
        if int(fields["id"]) >= newest:
            newest = int(fields["id"])
            yield Board(**fields)


async def so_far(battle_id: str, *, after: str) -> list[tuple[str, Event]]:
    """Return ids and events that came after the id `after` until now. Raises redis.RedisError or OSError."""
    return [(id, _event(fields)) for id, fields in await _hub().replay(_key(battle_id), after)]


def published(battle_id: str) -> list[tuple[str, Event]]:
    """Return ids and events that were published until now. Raises redis.RedisError."""
    entries: Any = client().xrange(_key(battle_id))
    return [(id, _event(fields)) for id, fields in entries]


def _key(battle_id: str) -> str:
    return key(f"battle:{battle_id}")


def _board_key(language: str) -> str:
    return key(f"board:{language}")


def _stop_key(answer_id: int) -> str:
    return key(f"stop:{answer_id}")


# One reader an event loop, with its client.
_hubs: "WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = WeakKeyDictionary()


def _hub() -> "Hub":
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


class _Gone:
    """Put into a queue instead of entries: the reader failed, or the queue was full and must be read again."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error


Entry = tuple[str, dict[str, str]]
Queue = asyncio.Queue["Entry | _Gone"]


class Hub:
    """One XREAD for all sockets of this process. A slow socket's queue is dropped and read again from the stream."""

    def __init__(self) -> None:
        self._redis = client_of_loop()
        self._queues: dict[str, set[Queue]] = {}
        self._cursors: dict[str, str] = {}
        self._reader: asyncio.Task[None] | None = None

    async def follow(self, key: str, after: str) -> AsyncIterator[Entry]:
        newest = await self._newest(key)
        queue = self._subscribe(key, newest)
        try:
            # One reader serves all: from an id that is yet to come, it would miss what the others wait for.
            last = min(after, newest, key=position)
            while True:
                # Subscribed first, then replayed, and what both bring is dropped: no gap, no repeat.
                for entry in await self.replay(key, last):
                    last = entry[0]
                    yield entry
                while not isinstance(entry_or_gone := await queue.get(), _Gone):
                    if position(entry_or_gone[0]) > position(last):
                        last = entry_or_gone[0]
                        yield entry_or_gone
                if entry_or_gone.error is not None:
                    raise entry_or_gone.error
        finally:
            self._unsubscribe(key, queue)

    async def _newest(self, key: str) -> str:
        async with in_time():
            entries: list[Any] = await self._redis.xrevrange(key, count=1) or []
        return str(entries[0][0]) if entries else "0"

    def _subscribe(self, key: str, newest: str) -> Queue:
        queue: Queue = asyncio.Queue(QUEUE_SIZE)
        self._queues.setdefault(key, set()).add(queue)
        self._cursors.setdefault(key, newest)
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read())
        return queue

    def _unsubscribe(self, key: str, queue: Queue) -> None:
        self._queues[key].discard(queue)
        if not self._queues[key]:
            del self._queues[key], self._cursors[key]

    async def replay(self, key: str, after: str) -> list[Entry]:
        async with in_time():
            entries: list[Any] = await self._redis.xrange(key, min=f"({after}") or []
        return entries

    async def _read(self) -> None:
        try:
            while self._queues:
                cursors: dict[Any, Any] = dict(self._cursors)
                async with in_time():
                    streams: Any = await self._redis.xread(cursors, block=READ_MILLISECONDS)
                for key, entries in streams.items() if isinstance(streams, dict) else streams:
                    self._deliver(key, entries)
        except (redis.RedisError, OSError) as error:
            for queues in self._queues.values():
                for queue in queues:
                    _restart(queue, _Gone(error))

    def _deliver(self, key: str, entries: list[Entry]) -> None:
        if key not in self._queues:
            return
        for id, fields in entries:
            self._cursors[key] = id
            for queue in self._queues[key]:
                try:
                    queue.put_nowait((id, fields))
                except asyncio.QueueFull:
                    _restart(queue, _Gone(None))


def _restart(queue: Queue, gone: _Gone) -> None:
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(gone)


def _event(fields: dict[str, str]) -> Event:
    return Event(
        turn=int(fields["turn"]),
        slot=fields["slot"],
        attempt=int(fields["attempt"]),
        kind=fields["kind"],  # type: ignore[arg-type]
        text=fields["text"],
        html=fields["html"],
    )


def position(id: str) -> tuple[int, int]:
    """Return the place of an id in its stream, to be compared with others: milliseconds, and a number among them."""
    milliseconds, _, sequence = id.partition("-")
    return int(milliseconds), int(sequence or 0)
