"""Imports and exports that a page asks for: a worker does them one at a time, and any page shows how far they are.

Redis holds how a job stands, the disk its file. Lost, a job is asked for again: the same file changes nothing twice.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any, Literal
from uuid import UUID, uuid4

import redis
from django.conf import settings
from django.utils import timezone

from arena.conf.redis_clients import client, key
from arena.queues import QueueUnavailable, enqueue_job

KEPT_SECONDS = 7 * 24 * 3600
LISTED = 50
#: A job says so often how far it is; one that has said nothing for longer than the other is given up.
SAYS_EVERY_SECONDS, SILENT_SECONDS = 0.5, 120

Kind = Literal["votes", "answers", "prompts", "export"]


@dataclass(frozen=True)
class Job:
    """An import of a file, or an export. done, of: rows or votes; of is 0 where nobody knows how many there are.

    name: of the file, or of the format. counts: the outcome by its name. columns: of the file, by field, where an
    operator has named them. said: why it failed.
    """

    id: str
    kind: Kind
    name: str
    by: str
    asked: str
    options: dict[str, Any] = field(default_factory=dict)
    state: Literal["waiting", "running", "done", "failed"] = "waiting"
    done: int = 0
    of: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    said: str = ""

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "failed")

    @property
    def moment(self) -> datetime:
        """Return when it was asked for."""
        return datetime.fromisoformat(self.asked)

    @property
    def is_export(self) -> bool:
        return self.kind == "export"

    @property
    def folder(self) -> Path:
        """Return where its file lies."""
        return settings.VAR / "jobs" / self.id

    @property
    def archive(self) -> Path:
        """Return what an export that is done has written."""
        return self.folder / f"{self.name}.zip"


def new_job(kind: Kind, name: str, *, by: str, options: Mapping[str, Any]) -> Job:
    """Return a job that is not asked for yet: put its file into its folder first."""
    return Job(str(uuid4()), kind, name, by, timezone.now().isoformat(), dict(options))


def ask_for(job: Job) -> None:
    """Have a worker do it. Raises QueueUnavailable."""
    try:
        store(job)
        client().lpush(key("jobs"), job.id)
        client().ltrim(key("jobs"), 0, LISTED - 1)
    except redis.RedisError as error:
        raise QueueUnavailable from error
    enqueue_job(job.id)


def read_job(job_id: UUID | str) -> Job | None:
    """Return how a job stands; None where there is none of this id any more. Raises QueueUnavailable."""
    try:
        stored = client().get(key(f"job:{job_id}"))
    except redis.RedisError as error:
        raise QueueUnavailable from error
    return Job(**json.loads(str(stored))) if stored else None


def newest_jobs(*, exports: bool) -> list[Job]:
    """Return the newest exports, or the newest imports; none where Redis is unreachable."""
    try:
        ids = client().lrange(key("jobs"), 0, -1)
        stored = client().mget([key(f"job:{job_id}") for job_id in map(str, ids)]) if ids else []
    except redis.RedisError:
        return []
    jobs = [Job(**json.loads(str(value))) for value in stored if value]
    return [job for job in jobs if job.is_export == exports]


def store(job: Job) -> None:
    client().set(key(f"job:{job.id}"), json.dumps(asdict(job)), ex=KEPT_SECONDS)


def claim(job_id: str) -> Job | None:
    """Return the job to be done now; None where it is over, or is being done. While another one is, it is put off."""
    job = read_job(job_id)
    if job is None or job.is_over or client().get(_held()) == job_id:
        return None
    if not client().set(_held(), job_id, nx=True, ex=SILENT_SECONDS):
        enqueue_job(job_id, later_seconds=5)
        return None
    return replace(job, state="running")


def release() -> None:
    """Let the next job begin."""
    client().delete(_held())


class Progress:
    """How far a job is, told to whoever looks."""

    def __init__(self, job: Job) -> None:
        self._job, self._told = job, 0.0

    def add(self, rows: int, of: int = 0) -> None:
        """Say that so many more rows are done."""
        self.reach(self._job.done + rows, of)

    def reach(self, done: int, of: int = 0) -> None:
        """Say that so many rows are done, of so many if that is known."""
        self._job = replace(self._job, done=done, of=of)
        if monotonic() - self._told >= SAYS_EVERY_SECONDS:
            self._told = monotonic()
            store(self._job)
            client().expire(_held(), SILENT_SECONDS)

    def read_by(self, columns: Mapping[str, str]) -> None:
        """Say by which of the file's columns it is read."""
        self._job = replace(self._job, columns=dict(columns))

    @property
    def job(self) -> Job:
        """Return the job as far as it is."""
        return self._job


def _held() -> str:
    return key("job:held")
