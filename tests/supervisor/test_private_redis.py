"""The Redis that `up` starts is private, and survives its own death."""

import os
import re
import stat
from contextlib import closing
from pathlib import Path

import pytest
import redis

from arena.conf.redis_clients import without_password
from arena.supervisor.private_redis import PrivateRedis, end_leftover
from arena.supervisor.redis_server import find_server
from tests.provide.redis_server import RedisServer, answers
from tests.supervisor.processes import wait_until


def test_nobody_gets_in_without_the_password(redis_server: RedisServer) -> None:
    stranger = redis.Redis.from_url(without_password(redis_server.url))
    with closing(stranger), pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_only_its_owner_can_read_the_password(tmp_path: Path) -> None:
    private = PrivateRedis.prepare(find_server(), tmp_path / "redis")
    assert private.password in private.settings_file.read_text()
    assert stat.S_IMODE(os.stat(private.settings_file).st_mode) == 0o600
    assert private.password not in " ".join(private.program.argv)


def test_what_waits_in_a_queue_is_there_after_a_crash(redis_server: RedisServer) -> None:
    with closing(redis.Redis.from_url(redis_server.url)) as client:
        client.lpush("default", "a task")
    redis_server.kill()
    redis_server.start()
    with closing(redis.Redis.from_url(redis_server.url)) as client:
        assert client.lrange("default", 0, -1) == [b"a task"]


def test_it_lives_in_a_folder_with_a_space_in_its_name(tmp_path: Path) -> None:
    server = RedisServer(tmp_path / "my arena")
    server.start()
    server.stop()
    assert any((tmp_path / "my arena").glob("appendonly*"))


def test_one_left_over_by_a_killed_arena_is_ended(redis_server: RedisServer) -> None:
    end_leftover(redis_server.url)
    assert wait_until(lambda: not answers(redis_server.url))


def test_when_none_is_left_over_nothing_happens(redis_server: RedisServer) -> None:
    redis_server.kill()
    end_leftover(redis_server.url)


def test_a_url_with_another_password_ends_nobodys_redis(redis_server: RedisServer) -> None:
    end_leftover(re.sub(":[^:@]*@", ":guess@", redis_server.url))
    assert answers(redis_server.url)


def test_a_url_is_shown_without_its_password() -> None:
    assert without_password("redis://:secret@127.0.0.1:6379/0") == "redis://127.0.0.1:6379/0"
