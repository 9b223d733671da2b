"""What stands in the queues once the transaction of the test would have been committed."""

import base64
import json
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from arena import queues
from arena.conf.redis_clients import client, key
from arena.models import Voter
from arena.people.voters import new_voter, remember_voter
from tests.provide.clients import new_client


class Enqueued:
    """Reads the real queues. Before each look it does what waits for the commit."""

    @property
    def answers(self) -> list[int]:
        return sorted(args[0] for task, args, _ in self._tasks() if task == queues.GENERATE_ANSWER)

    @property
    def checks(self) -> list[tuple[Any, ...]]:
        """By prompt or answer, and moderator, on which queue."""
        asked = (queues.CHECK_PROMPT, queues.CHECK_ANSWER)
        return [(*args, queue) for task, args, queue in self._tasks() if task in asked]

    def _tasks(self) -> list[tuple[str, list[Any], str]]:
        self.commit()
        named = ("remote", "default", "host.guard", "host.agon-small-guard")
        return [self._task(raw, queue) for queue in named for raw in client().lrange(key(queue), 0, -1)]

    def commit(self) -> None:
        while connection.run_on_commit:
            connection.run_on_commit.pop(0)[1]()

    @staticmethod
    def _task(raw: bytes | str, queue: str) -> tuple[str, list[Any], str]:
        message = json.loads(raw)
        args, _, _ = json.loads(base64.b64decode(message["body"]))
        return message["headers"]["task"], args, queue


@pytest.fixture
def enqueued() -> Enqueued:
    return Enqueued()


def client_of(voter: Voter) -> Client:
    """The browser of a voter whom the test has made."""
    keyed, key = new_voter()
    Voter.objects.filter(pk=voter.pk).update(key_digest=keyed.key_digest)
    remembered, browser = HttpResponse(), new_client()
    remember_voter(remembered, key)
    browser.cookies.update(remembered.cookies)
    return browser
