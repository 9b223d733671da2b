"""A brake for those who guess: how often one network address may try, without keeping the address."""

import hashlib

import redis
from django.conf import settings
from django.http import HttpRequest

from arena.conf.redis_clients import client, key
from arena.people.addresses import visitor_address

#: Wrong links or codes of one address in a quarter of an hour: a class behind one address mistypes some.
MOST, SECONDS = 60, 15 * 60


def is_guessing(request: HttpRequest, what: str) -> bool:
    """Count a wrong try of this address, and tell whether there were more of them of late than people need.

    Where Redis does not answer nobody is held up.
    """
    hidden = hashlib.sha256(f"{settings.SECRET_KEY}\n{visitor_address(request)}".encode()).hexdigest()[:32]
    counter = key(f"tries:{what}:{hidden}")
    try:
        with client().pipeline() as pipeline:
            pipeline.set(counter, 0, nx=True, ex=SECONDS)
            pipeline.incr(counter)
            tries = pipeline.execute()[1]
    except redis.RedisError:
        return False
    return int(tries) > MOST
