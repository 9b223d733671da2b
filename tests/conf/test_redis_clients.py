"""Several arenas on one Redis, and Redis behind TLS."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty
from urllib.parse import urlsplit

import pytest
import redis
from celery import Celery
from django.core.management import CommandError, call_command

from arena import queues
from arena.answers import breakers, events
from arena.celery import app
from arena.conf import redis_clients
from arena.conf.redis_clients import CertificateRefused, RedisUnreachable, broker_tls, broker_url, key, key_prefix, ping
from arena.supervisor.readiness import what_is_missing
from tests.provide.environment import ENVIRONMENT
from tests.provide.tls import tls_front, write_certificate

ROOT = Path(__file__).resolve().parents[2]
EVENT = events.Event(1, "a", 1, "text", "word")


def elsewhere(program, **environment):
    """What `program` tells in a process of its own; settings that are not given are those of these tests."""
    code = f"import django, json; django.setup()\nfrom arena import queues\n{program}"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def work_of(queue):
    """The arguments of the tasks that a worker of this arena takes from the queue."""
    taken = []
    with app.connection_for_read() as connection, connection.SimpleQueue(queue) as waiting:
        while True:
            try:
                message = waiting.get(block=False)
            except Empty:
                return taken
            message.ack()
            taken.append(message.payload[0])


@contextmanager
def listening(node, *queue_names):
    """A worker as far as others ask it: its node answers that it is there, and which queues it serves."""
    answers = {
        "active_queues": lambda state: [{"name": name} for name in queue_names],
        "ping": lambda state: {"ok": "pong"},
    }
    ended = threading.Event()
    with app.connection_for_read() as connection:
        mailbox = app.control.mailbox.Node(node, state={}, handlers=answers, channel=connection.channel())
        with mailbox.listen(callback=mailbox.handle_message):
            thread = threading.Thread(target=hear, args=(connection, ended))
            thread.start()
            try:
                yield
            finally:
                ended.set()
                thread.join()


def hear(connection, ended):
    while not ended.is_set():
        with suppress(TimeoutError):
            connection.drain_events(timeout=0.1)


def test_two_arenas_on_one_redis_keep_their_work_and_their_words_apart(tmp_path):
    of_the_other = """
from arena.answers import breakers, events
queues.enqueue_probe(7, queue="host.some", lives_seconds=60)
queues.enqueue_publication()
events.publish("b1", events.Event(1, "a", 1, "text", "theirs"), answer_id=1)
events.publish_board("en", events.Board("9", "theirs"))
events.ask_to_stop(1)
breakers.trip(1)
print(json.dumps(queues.served()))
"""
    with listening("host.some@here", "host.some"):
        assert elsewhere(of_the_other, ARENA_SECRET_KEY="another", ARENA_VAR=str(tmp_path)) == {}
        assert queues.served() == {"host.some": ["host.some@here"]}
    assert queues.is_empty("host.some")
    queues.enqueue_probe(8, queue="host.some", lives_seconds=60)
    queues.enqueue_publication()
    assert (work_of("host.some"), work_of("default")) == ([[8]], [[]])
    assert not events.publish("b1", EVENT, answer_id=1)
    assert [event for _, event in asyncio.run(events.so_far("b1", after="0"))] == [EVENT]
    assert breakers.resting([1]) == set()


def test_every_key_begins_with_the_prefix_of_the_arena():
    queues.enqueue_probe(8, queue="host.some", lives_seconds=60)
    queues.enqueue_publication()
    events.publish("b1", EVENT, answer_id=1)
    events.publish_board("en", events.Board("9", "rows"))
    events.ask_to_stop(1)
    breakers.trip(1)
    with listening("host.some@here", "host.some"):
        queues.served()
        with app.connection_for_read() as connection, connection.SimpleQueue("host.some") as waiting:
            message = waiting.get(block=False)  # by which it is not acknowledged yet
            names = set(redis_clients.client().scan_iter())
            message.ack()
    assert {key("board:asked"), key("battle:b1"), key("unacked"), key("_kombu.binding.celery.pidbox")} <= names
    assert {name for name in names if not name.startswith(key(""))} == set()


def test_all_processes_of_an_arena_have_one_prefix_and_another_arena_has_another():
    assert key_prefix("secret") == key_prefix("secret") != key_prefix("another")
    assert "secret" not in key_prefix("secret")


async def cancelled_after(steps):
    reading = asyncio.ensure_future(anext(events.follow("b1", after="0")))
    for _ in range(steps):
        await asyncio.sleep(0)
    reading.cancel()
    done, _ = await asyncio.wait({reading}, timeout=30)
    return bool(done)


def test_who_leaves_at_any_step_of_the_way_to_redis_is_gone():
    assert [steps for steps in range(40) if not asyncio.run(cancelled_after(steps))] == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return write_certificate(tmp_path_factory.mktemp("tls"))


@contextmanager
def redis_over_tls(certificate):
    """The Redis of the tests at a `rediss://` address whose certificate no authority has signed."""
    plain = urlsplit(ENVIRONMENT.redis.url)
    with tls_front(plain.port, *certificate) as port:
        yield f"rediss://:{plain.password}@127.0.0.1:{port}/0"


@pytest.fixture
def untrusted(certificate) -> Iterator[str]:
    with redis_over_tls(certificate) as url:
        yield url


@pytest.fixture
def trusted(certificate) -> Iterator[str]:
    with redis_over_tls(certificate) as url:
        yield f"{url}?ssl_ca_certs={certificate[0]}"


async def ping_from_a_loop():
    client = redis_clients.client_of_loop()
    try:
        return await client.ping()
    finally:
        await client.aclose()


def test_a_certificate_that_no_authority_has_signed_is_refused_by_every_client(untrusted, settings):
    settings.REDIS_URL = untrusted
    with pytest.raises(redis.ConnectionError, match="certificate verify failed"):
        redis_clients.client().ping()
    with pytest.raises(redis.ConnectionError, match="certificate verify failed"):
        asyncio.run(ping_from_a_loop())
    with pytest.raises(CertificateRefused, match=r"refused: self-signed certificate\. .*\?ssl_ca_certs="):
        ping(untrusted)
    connects = """
try: queues.app.connection_for_write().ensure_connection(max_retries=1, interval_start=0)
except Exception as error: print(json.dumps(str(error)))
"""
    assert "certificate verify failed" in elsewhere(connects, REDIS_URL=untrusted)


def test_it_is_accepted_by_every_client_that_is_told_its_authority(trusted, settings):
    settings.REDIS_URL = trusted
    assert redis_clients.client().ping()
    assert asyncio.run(ping_from_a_loop())
    ping(trusted)
    with Celery(broker=broker_url(trusted), set_as_current=False) as celery:
        celery.conf.broker_use_ssl = broker_tls(trusted)
        celery.send_task("arena.probe_entry", args=[8], queue="host.some")
    assert redis_clients.client().llen("host.some") == 1


def test_the_wait_for_the_workers_verifies_it_too(untrusted, trusted):
    def silent(broker):
        return what_is_missing(host="127.0.0.1", port=1, broker=broker, queues=["default"])[1:]

    with listening(f"default@{socket.gethostname()}", "default"):
        assert silent(trusted) == []
        assert silent(untrusted) == ["worker default"]


def test_up_ends_and_says_what_is_wrong_with_the_certificate(untrusted, tmp_path):
    environment = os.environ | {"REDIS_URL": untrusted, "ARENA_VAR": str(tmp_path), "ARENA_PORT": "0"}
    command = [sys.executable, "manage.py", "up"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "is refused: self-signed certificate." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.django_db
def test_a_worker_is_told_what_is_wrong_with_the_certificate(untrusted, settings):
    settings.REDIS_URL = untrusted
    with pytest.raises(CommandError, match="is refused: self-signed certificate"):
        call_command("worker", "--hosts", "remote")


def test_an_address_at_which_nobody_listens_is_named_without_its_password():
    with pytest.raises(RedisUnreachable, match=r"^Redis does not answer at redis://127\.0\.0\.1:1/0: .*refused\.$"):
        ping("redis://:secret@127.0.0.1:1/0?password=secret")


@pytest.mark.parametrize(
    ("url", "of_celery"),
    [
        ("redis://:a%40b@host:7000/3?protocol=3", "redis://:a%40b@host:7000/3"),
        ("redis://host", "redis://host/0"),
        ("rediss://host/1?db=4&ssl_ca_certs=ca.pem", "rediss://host/4"),
        ("unix:///run/redis.sock?db=2", "redis+socket:///run/redis.sock?virtual_host=2"),
    ],
)
def test_celery_gets_the_same_redis_and_database(url, of_celery):
    assert broker_url(url) == of_celery
