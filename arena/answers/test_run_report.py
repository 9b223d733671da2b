"""Test runs where answers are written: in the worker of the entry's queue. The report stays in Redis for a while."""

import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from time import monotonic
from typing import Any, Literal
from uuid import uuid4

import redis

from arena.answers.advice import advice
from arena.answers.test_run import EntryTestRun, run_test
from arena.backends.base import BackendError
from arena.conf.redis_clients import client, key
from arena.models import LanguageModel
from arena.queues import REMOTE, QueueUnavailable, enqueue_test_run, host_queue

LIFETIME_SECONDS = 600
#: How often a report that is being written shows what has come.
REPORT_EVERY_SECONDS = 0.5

logger = logging.getLogger(__name__)


class _Draining(Exception):
    """The worker is asked to end."""


@dataclass(frozen=True)
class StoredTestRun:
    """The report on a test run. text: what has come so far; run: once it is done; advice, cause: once it has failed.

    cause is the line of the log: it names models and addresses, and is for staff only. draft: the columns of an entry
    that is not stored yet, whose entry_id is 0; of keys it has the names of variables only.
    """

    entry_id: int
    prompt: str
    state: Literal["waiting", "writing", "done", "failed"] = "waiting"
    text: str = ""
    run: EntryTestRun | None = None
    advice: str = ""
    cause: str = ""
    draft: dict[str, Any] | None = None

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "failed")

    def entry(self) -> LanguageModel:
        """Return the entry that is tested; an unsaved one of a draft."""
        return LanguageModel(**self.draft) if self.draft else LanguageModel.objects.get(pk=self.entry_id)


def request_test_run(entry: LanguageModel, prompt: str) -> str:
    """Return the id of a run that the entry's worker will write. Raises QueueUnavailable."""
    return _request(StoredTestRun(entry.pk, prompt), queue=host_queue(entry.weights))


def request_draft_run(draft: dict[str, Any], prompt: str) -> str:
    """Return the id of a run of an entry that is not stored yet. Raises QueueUnavailable.

    draft: the columns of an entry without local weights.
    """
    return _request(StoredTestRun(0, prompt, draft=draft), queue=REMOTE)


def _request(report: StoredTestRun, *, queue: str) -> str:
    run_id = str(uuid4())
    try:
        _store(run_id, report)
    except redis.RedisError as error:
        raise QueueUnavailable from error
    enqueue_test_run(run_id, queue=queue, lives_seconds=LIFETIME_SECONDS)
    return run_id


def read_test_run(run_id: str) -> StoredTestRun | None:
    """Return the report; None where there never was one, or is none any more. Raises QueueUnavailable."""
    try:
        stored = client().get(_key(run_id))
    except redis.RedisError as error:
        raise QueueUnavailable from error
    if stored is None:
        return None
    values = json.loads(str(stored))
    return StoredTestRun(**values | {"run": values["run"] and EntryTestRun(**values["run"])})


def write_test_run(run_id: str, *, is_draining: Callable[[], bool] = lambda: False) -> LanguageModel | None:
    """Write the answer and report on it, and return the entry if it answered; one of a draft has no pk.

    Do nothing for a run that is over or forgotten. Raises QueueUnavailable.
    """
    report = read_test_run(run_id)
    if report is None or report.is_over:
        return None
    entry = report.entry()
    writer = _ReportWriter(run_id, report, is_draining)
    try:
        run = run_test(entry, report.prompt, on_text=writer.add)
    except BackendError as error:
        logger.exception("the run of %s failed", entry.slug)
        writer.fail(advice(entry, error), f"{type(error).__name__}: {error}")
    except _Draining:
        writer.fail("The worker was asked to end: test again once it is back.", "")
    except Exception as error:
        writer.fail("Something broke that should not: the log of the worker has all of it.", repr(error))
        raise
    else:
        _store(run_id, replace(report, state="done", text=run.text, run=run))
        return entry
    return None


class _ReportWriter:
    """A report that grows while the answer is written."""

    def __init__(self, run_id: str, report: StoredTestRun, is_draining: Callable[[], bool]) -> None:
        self._run_id, self._is_draining = run_id, is_draining
        self._report = replace(report, state="writing", text="")
        self._stored = monotonic()
        _store(run_id, self._report)

    def add(self, text: str) -> None:
        if self._is_draining():
            raise _Draining
        self._report = replace(self._report, text=self._report.text + text)
        if monotonic() - self._stored >= REPORT_EVERY_SECONDS:
            self._stored = monotonic()
            _store(self._run_id, self._report)

    def fail(self, advice: str, cause: str) -> None:
        _store(self._run_id, replace(self._report, state="failed", advice=advice, cause=cause))


def _store(run_id: str, report: StoredTestRun) -> None:
    client().set(_key(run_id), json.dumps(asdict(report)), ex=LIFETIME_SECONDS)


def _key(run_id: str) -> str:
    return key(f"test_run:{run_id}")
