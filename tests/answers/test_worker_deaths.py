"""Real workers that are killed under the answers of one entry."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from arena.answers import breakers
from arena.answers.recover import recover_stalled_answers
from arena.models import Answer
from arena.queues import REMOTE, enqueue_answer
from tests.factories import make_battle, make_entry
from tests.running import ROOT, eventually

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

WORKER = ("-m", "celery", "--app=arena", "worker", "--pool=threads", f"--queues={REMOTE}", "--loglevel=WARNING")


@pytest.fixture
def environment(tmp_path):
    """A worker's environment, in which answers come slowly."""
    database = connection.settings_dict
    url = settings.DATABASE_URL and settings.DATABASE_URL.rpartition("/")[0] + f"/{database['NAME']}"
    named = {"DATABASE_URL": url or f"sqlite:///{database['NAME']}", "REDIS_URL": settings.REDIS_URL}
    named |= {"ARENA_VAR": str(tmp_path), "ARENA_SECRET_KEY": settings.SECRET_KEY, "ARENA_RECORDED_RATE": "1"}
    return os.environ | named


def kill_a_worker_under(answers, environment):
    with subprocess.Popen([sys.executable, *WORKER], cwd=ROOT, env=environment) as worker:
        eventually(
            lambda: all(answer.state == "streaming" for answer in rows(answers)),
            within=30,
            what="they are written",
        )
        worker.send_signal(signal.SIGKILL)


def rows(answers):
    return list(Answer.objects.filter(pk__in=[answer.pk for answer in answers]))


def test_an_entry_under_whose_answers_workers_die_twice_leaves_the_draw(environment):
    entry = make_entry(script="The sea breathes." * 100)
    battles = [make_battle(entry, is_answered=False) for _ in range(2)]
    answers = list(Answer.objects.filter(turn__battle__in=battles, slot="a"))
    for answer in answers:
        enqueue_answer(answer.pk, queue=REMOTE)
    for expected in ("pending", "failed"):
        assert breakers.resting([entry.pk]) == set()
        kill_a_worker_under(answers, environment)
        later = timezone.now() + timedelta(seconds=settings.LEASE_SECONDS + 1)
        recover_stalled_answers(now=later, served=lambda: {REMOTE: ["one"]})
        assert {answer.state for answer in rows(answers)} == {expected}
    assert breakers.resting([entry.pk]) == {entry.pk}
