"""What was erased is gone from the files too: Redis' append-only file, and SQLite's write-ahead log."""

import stat
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from arena.answers import events
from arena.answers.leftovers import drop_leftovers
from arena.conf import redis_clients
from arena.history.forget import forget_voter
from arena.models import Turn
from tests.factories import make_battle
from tests.provide.redis_server import RedisServer
from tests.supervisor.processes import wait_until

WORDS = "an umbrella for the seventh aardvark"


@pytest.fixture
def own_redis(redis_server: RedisServer, settings):
    """A private Redis of the arena, with its file."""
    settings.REDIS_URL = redis_server.url
    return redis_server


def files_with(words: str, folder: Path) -> list[str]:
    """Names of the files below the folder that hold these words. One may be replaced while it is looked for."""
    found = []
    for path in folder.rglob("*"):
        try:
            found += [path.name] if path.is_file() and words.encode() in path.read_bytes() else []
        except FileNotFoundError:
            continue
    return found


def publish(battle) -> None:
    events.publish(str(battle.pk), events.Event(1, "a", 1, "text", WORDS), answer_id=0)


def is_rewritten() -> bool:
    state = redis_clients.client().info("persistence")
    return not (state["aof_rewrite_in_progress"] or state["aof_rewrite_scheduled"])


@pytest.mark.django_db
def test_redis_keeps_no_word_of_an_erased_voter_in_any_file(own_redis, tmp_path):
    gone, stays = make_battle(), make_battle()
    publish(gone)
    redis_clients.client().set("other", "words that stay")
    assert files_with(WORDS, tmp_path)
    forget_voter(gone.voter, now=timezone.now())
    assert files_with(WORDS, tmp_path), "the key is gone, and the file remembers"
    assert drop_leftovers()
    assert wait_until(is_rewritten)
    assert wait_until(lambda: not files_with(WORDS, tmp_path))
    assert files_with("words that stay", tmp_path)
    assert stays.voter.erased_at is None


@pytest.mark.django_db
def test_an_erasure_while_the_file_is_being_written_anew_is_not_forgotten(own_redis, tmp_path):
    client = redis_clients.client()
    client.config_set("rdb-key-save-delay", 20_000)  # microseconds for each key: the one before takes its time
    for number in range(100):
        client.set(f"filler {number}", number)
    battle = make_battle()
    publish(battle)
    client.bgrewriteaof()
    forget_voter(battle.voter, now=timezone.now())
    assert not drop_leftovers(), "the one that runs began with the words"
    client.config_set("rdb-key-save-delay", 0)
    assert wait_until(drop_leftovers, patience=30)
    assert wait_until(lambda: not files_with(WORDS, tmp_path))


def test_without_an_erasure_nothing_is_written_anew(own_redis):
    assert not drop_leftovers()
    assert is_rewritten()


def test_nobody_else_may_read_what_redis_writes(own_redis, tmp_path):
    redis_clients.client().set("a", "b")
    redis_clients.client().bgrewriteaof()
    assert wait_until(is_rewritten)
    files = [path for path in (tmp_path / "redis").rglob("*") if path.is_file()]
    assert {path.name for path in files} > {"redis.conf", "redis.log"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


@pytest.mark.django_db(transaction=True)
def test_sqlite_keeps_no_word_of_an_erased_voter_in_any_file(own_redis):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has a log of its own")
    battle = make_battle()
    Turn.objects.update(user_text=WORDS)
    database = Path(connection.settings_dict["NAME"])
    assert [name for name in files_with(WORDS, database.parent) if name.startswith(database.name)]
    forget_voter(battle.voter, now=timezone.now())
    assert drop_leftovers()
    assert not [name for name in files_with(WORDS, database.parent) if name.startswith(database.name)]
