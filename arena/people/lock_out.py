"""Wrong tries at signing in: after five within a quarter of an hour a name is locked out for whoever guesses it.

They are counted in Redis, before the try is looked at, so that the count holds over all web processes and for guesses
that come at once. Where Redis does not answer nobody can try: else whoever stops it could guess without end, and a
count in the database would let guesses take SQLite's one lock from votes. Who is signed in stays so.

CannotTry
├── LockedOut       too many wrong tries
└── CannotCount     Redis does not answer
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import redis
from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from arena.conf.redis_clients import client, key

WITHIN_SECONDS = 15 * 60
#: Of one name from one address; and of one name from all of them, or of one address at all names: a class behind one
#: address mistypes too.
MOST, MOST_IN_ALL = 5, 50


class CannotTry(Exception):
    """A try that is not even looked at; `sentence` says why."""

    sentence = _("Too many wrong tries. Wait a quarter of an hour, or ask an owner of the arena.")


class LockedOut(CannotTry):
    pass


class CannotCount(CannotTry):
    sentence = _("Signing in is not possible just now. Try again in a minute.")


@contextmanager
def one_try(kind: str, name: str, address: str) -> Iterator[None]:
    """Count what is in the block as a wrong try, unless it ends without an error. Raises CannotTry.

    kind: what is guessed. name: whose. address: from where, as `arena.people.addresses` has it.
    """
    counts = count_try(kind, name, address)
    yield
    _take_back(counts)


def count_try(kind: str, name: str, address: str) -> dict[str, int]:
    """Count what is never taken back, such as a letter that is sent, and return the counts. Raises CannotTry."""
    counts = _counts(kind, name.strip().casefold(), address)
    _count(counts)
    return counts


def _counts(kind: str, name: str, address: str) -> dict[str, int]:
    """Return the most that each count may reach, by its key. No key tells a name or an address."""
    return {
        _key(kind, name, address): MOST,
        _key(kind, name): MOST_IN_ALL,
        _key("address", address): MOST_IN_ALL,
    }


def _key(*what: str) -> str:
    digest = salted_hmac("wrong tries", "\n".join(what), secret=settings.SECRET_KEY, algorithm="sha256")
    return key(f"tries:{digest.hexdigest()[:32]}")


def _count(counts: dict[str, int]) -> None:
    with _together() as commands:
        for name in counts:
            commands.set(name, 0, ex=WITHIN_SECONDS, nx=True)
            commands.incr(name)
        try:
            counted = commands.execute()[1::2]
        except redis.RedisError as error:
            raise CannotCount from error
    if any(tries > most for tries, most in zip(counted, counts.values(), strict=True)):
        # Else whoever goes on at one address would lock the name everywhere.
        _take_back(counts)
        raise LockedOut


def _take_back(counts: dict[str, int]) -> None:
    # A count that stays too high for a quarter of an hour is no reason to refuse who has shown who they are.
    with suppress(redis.RedisError), _together() as commands:
        for name in counts:
            # One that has ended meanwhile would begin anew below zero, and never end.
            commands.set(name, 1, ex=WITHIN_SECONDS, nx=True)
            commands.decr(name)
        commands.execute()


def _together() -> "redis.client.Pipeline":
    return client().pipeline(transaction=True)
