"""Fixtures for what `tests.provide` finds: Redis, Chromium, and the collected static files."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import redis
from django.core.management import call_command
from django.test import Client

from arena.face import current
from tests.provide import chromium as chromium_finder
from tests.provide.clients import new_client
from tests.provide.environment import ENVIRONMENT
from tests.provide.redis_server import RedisServer


@pytest.fixture(scope="session", autouse=True)
def _redis_of_the_session() -> Iterator["redis.Redis"]:
    """The Redis that the settings name, started for this session."""
    server = ENVIRONMENT.redis
    server.start()
    with closing(redis.Redis.from_url(server.url)) as client:
        yield client
    server.stop()


@pytest.fixture(autouse=True)
def _empty_redis(_redis_of_the_session: "redis.Redis") -> Iterator[None]:
    yield
    _redis_of_the_session.flushall()


@pytest.fixture(autouse=True)
def _plain_face() -> None:
    """Nothing is published, and every process knows that: no test's first page asks for it."""
    (ENVIRONMENT.var / "face").unlink(missing_ok=True)
    current.know(current.Face(), current.stamp())


@pytest.fixture
def no_redis(settings: Any) -> None:
    """Nobody listens where the settings say that Redis is."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"


@pytest.fixture(scope="session", autouse=True)
def _collected_static_files() -> None:
    """Pages name static files by a hash that `collectstatic` computes."""
    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture
def client() -> Client:
    """A visitor."""
    return new_client()


@pytest.fixture
def admin_client(admin_user: Any) -> Client:
    """An operator."""
    operator = new_client()
    operator.force_login(admin_user)
    return operator


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis of this test's own, running, to kill and start again; the settings do not name it."""
    server = RedisServer(tmp_path / "redis")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium that starts; `python -m tests.provide` fetches it."""
    found = chromium_finder.find()
    assert found, "no Chromium: run `make test`, or `python -m tests.provide`"
    return found
