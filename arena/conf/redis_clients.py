"""The way to Redis for every part of the arena: clients, how long they wait, whom they trust, whose keys are whose.

An address that begins with `rediss://` is TLS, and each client verifies the certificate: the two of redis-py by
themselves, and Celery's because it gets `broker_tls`.

RedisUnreachable            no Redis answers at an address
└── CertificateRefused      one does, and cannot prove that it is the one
"""

import asyncio
import ssl
from contextlib import closing
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import redis
import redis.asyncio
import redis.asyncio.retry
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.crypto import salted_hmac
from redis.backoff import NoBackoff
from redis.connection import parse_url
from redis.retry import Retry

CONNECT_SECONDS = 2.0
COMMAND_SECONDS = 3.0
#: For connections that wait for what is yet to come: much longer than any command blocks (XREAD 0.1 s, Celery's BRPOP
#: 1 s), because time in which the event loop itself is busy counts too.
BLOCKING_SECONDS = 30.0


class RedisUnreachable(Exception):
    """A sentence for the operator, without the password."""


class CertificateRefused(RedisUnreachable):
    """To ask again would not help."""


def client() -> redis.Redis:
    """Return the one client of this process, for all its threads."""
    return _client(settings.REDIS_URL)


def connect(url: str) -> redis.Redis:
    """Return a client of one's own, to be closed; it connects with the first command."""
    # Neither client tries twice: what is sent again after a timeout may have arrived the first time too.
    return redis.Redis.from_url(
        url,
        decode_responses=True,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=COMMAND_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def client_of_loop() -> "redis.asyncio.Redis":
    """Return the one client of the running event loop, which is the only one that can use it. Use it `in_time`."""
    loop = asyncio.get_running_loop()
    if loop not in _of_loops:
        _of_loops[loop] = redis.asyncio.Redis.from_url(
            settings.REDIS_URL,
            decode_responses=True,
            socket_connect_timeout=BLOCKING_SECONDS,
            # With one, redis-py sends by asyncio.wait_for, which may lose a cancellation before Python 3.12
            # (python/cpython#86296): who leaves while a command is sent would never end.
            socket_timeout=None,
            retry=redis.asyncio.retry.Retry(NoBackoff(), 0),
        )
    return _of_loops[loop]


def in_time() -> asyncio.Timeout:
    """Return a block in which a command of `client_of_loop` must be done: it raises TimeoutError, an OSError."""
    return asyncio.timeout(BLOCKING_SECONDS)


def key(name: str) -> str:
    """Return the key that this arena gives to what is called `name`."""
    return f"{settings.REDIS_KEY_PREFIX}{name}"


def key_prefix(secret_key: str) -> str:
    """Return what every key of the arena with this secret key begins with, so that arenas can share one Redis.

    It follows from the secret key because each process of an arena has that before it asks anyone, on any machine, so
    that there is nothing to store and nothing to agree on. The prefix tells nothing of the key.
    """
    return f"arena-{salted_hmac('keys in Redis', '', secret=secret_key, algorithm='sha256').hexdigest()[:12]}:"


def broker_url(url: str) -> str:
    """Return the same Redis and database as Celery writes it; what the URL says of TLS is in `broker_tls`.

    Raises ImproperlyConfigured.
    """
    parts, database = urlsplit(url), _parsed(url).get("db", 0)
    if parts.scheme == "unix":
        return f"redis+socket://{parts.netloc}{parts.path}?virtual_host={database}"
    return f"{parts.scheme}://{parts.netloc}/{database}"


def broker_tls(url: str) -> dict[str, Any] | None:
    """Return what redis-py reads in the URL about TLS, for Celery, which alone would verify nothing; or None."""
    if not url.startswith("rediss://"):
        return None
    said = {name: value for name, value in _parsed(url).items() if name.startswith("ssl_")}
    return {"ssl_cert_reqs": "required", **said}


def ping(url: str) -> None:
    """Return once the Redis at this URL has answered and is ready. Raises RedisUnreachable."""
    where = without_password(url)
    with closing(connect(url)) as asking:
        try:
            asking.ping()
        except redis.RedisError as error:
            if refused := _refused_certificate(error):
                raise CertificateRefused(
                    f"The certificate of Redis at {where} is refused: {refused.verify_message}. If its authority is "
                    "your own, name the file of it in REDIS_URL: ?ssl_ca_certs=/path/to/ca.pem."
                ) from error
            raise RedisUnreachable(f"Redis does not answer at {where}: {str(error).rstrip('.')}.") from error


def without_password(url: str) -> str:
    """Return the URL without its password, fit for a terminal."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


@cache
def _client(url: str) -> redis.Redis:
    return connect(url)


_of_loops: "WeakKeyDictionary[asyncio.AbstractEventLoop, redis.asyncio.Redis]" = WeakKeyDictionary()


def _parsed(url: str) -> dict[str, Any]:
    try:
        return dict(parse_url(url))  # type: ignore[no-untyped-call]
    except ValueError:
        hint = "In a password write @ as %40, / as %2F, # as %23, ? as %3F and % as %25."
        raise ImproperlyConfigured(f"REDIS_URL cannot be read as an address. {hint}") from None


def _refused_certificate(error: BaseException) -> ssl.SSLCertVerificationError | None:
    """Return the error of TLS from which this one comes, if any."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    return cause
