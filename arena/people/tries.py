"""A brake for those who guess: how often one network address may try, without keeping the address."""

import hashlib

import redis
from django.conf import settings
from django.http import HttpRequest

from arena.conf.redis_clients import client, key
from arena.people.addresses import visitor_address


def is_one_try_too_many(request: HttpRequest, what: str, *, most: int, seconds: int) -> bool:
    """Count a try of this address, and tell whether there were more than `most` of them in the last `seconds`.

    Where Redis does not answer nobody is held up.
    """
    hidden = hashlib.sha256(f"{settings.SECRET_KEY}\n{visitor_address(request)}".encode()).hexdigest()[:32]
    counter = key(f"tries:{what}:{hidden}")
    try:
        with client().pipeline() as pipeline:
            pipeline.set(counter, 0, nx=True, ex=seconds)
            pipeline.incr(counter)
            tries = pipeline.execute()[1]
    except redis.RedisError:
        return False
    return int(tries) > most
