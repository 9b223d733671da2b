"""Circuit breakers of entries: one that keeps failing rests. Redis holds them; what it loses is found out again."""

import json
import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict
from time import time

import redis

from arena.backends.breaker import OPEN_SECONDS, PROBE_SECONDS, Breaker
from arena.conf.redis_clients import client, key

#: Longer than anything that a breaker remembers.
LIFETIME_SECONDS = int(OPEN_SECONDS + 10 * PROBE_SECONDS)

logger = logging.getLogger(__name__)


def answer_failed(entry_id: int) -> None:
    """Count a failure; the third within a minute takes the entry out of the draw."""
    _change(entry_id, lambda breaker: breaker.failed(time()))


def trip(entry_id: int) -> None:
    """Take the entry out of the draw at once: its queue has no worker."""
    _change(entry_id, lambda breaker: breaker if breaker.opened_at is not None else Breaker(opened_at=time()))


def record_probe(entry_id: int, *, ok: bool) -> None:
    """Close the breaker where the probe was answered; otherwise let the entry rest as long again."""
    _change(entry_id, lambda breaker: breaker.probed(time(), ok=ok))


def forget(entry_id: int) -> None:
    """Close the breaker, because an operator says that the entry is well."""
    _change(entry_id, lambda breaker: Breaker())


def resting(entry_ids: Collection[int]) -> set[int]:
    """Return those of the entries that are out of the draw; none where Redis is unreachable, as nobody knows then."""
    return {entry_id for entry_id, breaker in _read(entry_ids).items() if not breaker.is_closed}


def due_probes(entry_ids: Collection[int]) -> list[int]:
    """Return the resting entries that it is time to ask whether they are back. Each is given to one caller a minute."""
    return [entry_id for entry_id in sorted(resting(entry_ids)) if _take_probe(entry_id)]


def _take_probe(entry_id: int) -> bool:
    now, taken = time(), False

    def take(breaker: Breaker) -> Breaker:
        nonlocal taken
        taken = breaker.may_probe(now)
        return breaker.probing(now) if taken else breaker

    _change(entry_id, take)
    return taken


def _read(entry_ids: Iterable[int]) -> dict[int, Breaker]:
    ids = list(entry_ids)
    if not ids:
        return {}
    try:
        stored = client().mget([_key(entry_id) for entry_id in ids])
    except redis.RedisError as error:
        logger.warning("Redis is unreachable (%s): every entry is drawn", error)
        return {}
    return {entry_id: _breaker(value) for entry_id, value in zip(ids, stored, strict=True) if value}


def _change(entry_id: int, change: Callable[[Breaker], Breaker]) -> None:
    """Store what `change` makes of the breaker, also while others change it."""
    stored_at = _key(entry_id)

    def store(pipe: "redis.client.Pipeline") -> None:
        before = _breaker(pipe.get(stored_at))
        after = change(before)
        pipe.multi()
        if after.is_closed != before.is_closed:
            logger.warning("entry %s %s", entry_id, "is drawn again" if after.is_closed else "rests: it keeps failing")
        if after != before:
            pipe.set(stored_at, json.dumps(asdict(after)), ex=LIFETIME_SECONDS)

    try:
        client().transaction(store, stored_at)
    except redis.RedisError as error:
        logger.warning("Redis is unreachable (%s): the state of entry %s is not kept", error, entry_id)


def _breaker(stored: object) -> Breaker:
    if not stored:
        return Breaker()
    values = json.loads(str(stored))
    return Breaker(tuple(values["failures"]), values["opened_at"], values["probed_at"])


def _key(entry_id: int) -> str:
    return key(f"breaker:{entry_id}")
