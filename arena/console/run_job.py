"""What a worker does for a job of the console."""

import logging
import secrets
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import time
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.utils import timezone

from arena.console.jobs import KEPT_SECONDS, Job, Progress, claim, release, store
from arena.exports.board import BOARD_FORMATS, export_board
from arena.exports.votes import export_votes
from arena.formats.refusals import MalformedFile
from arena.imports.answers import import_answers
from arena.imports.prompts import UnnamedSet, import_prompts
from arena.imports.votes import ImportedVotes, import_votes
from arena.queues import enqueue_publication

Counts = dict[str, int]

logger = logging.getLogger(__name__)


def run_job(job_id: str) -> None:
    """Do the job unless it is over or being done. How it ended stands in its report. Raises QueueUnavailable."""
    job = claim(job_id)
    if job is None:
        return
    store(job)
    progress = Progress(job)
    try:
        counts = _RUNS[job.kind](job, progress)
    except (MalformedFile, UnnamedSet) as refusal:
        store(replace(progress.job, state="failed", said=str(refusal)))
    except Exception as error:
        said = "Something broke that should not: the log of the worker has all of it."
        store(replace(progress.job, state="failed", said=f"{said} {type(error).__name__}: {error}"))
        raise
    else:
        store(replace(progress.job, state="done", counts=counts))
    finally:
        release()
        if not job.is_export:
            shutil.rmtree(job.folder, ignore_errors=True)


def _import_votes(job: Job, progress: Progress) -> Counts:
    def show(so_far: ImportedVotes, share: float) -> None:
        progress.reach(so_far.rows, round(so_far.rows / share) if share else 0)

    done = import_votes(file_of(job), source=job.options.get("source", ""), now=timezone.now(), on_progress=show)
    enqueue_publication()
    return {"new": done.new, "known": done.known, "rejected": done.rejected}


def _import_answers(job: Job, progress: Progress) -> Counts:
    done = import_answers(file_of(job), on_progress=progress.add)
    return {"new": done.new_answers, "known": done.answers - done.new_answers}


def _import_prompts(job: Job, progress: Progress) -> Counts:
    said = {name: job.options[name] for name in ("name", "licence", "language")}
    done = import_prompts(file_of(job), on_progress=progress.add, **said)
    return {"new": done.added, "known": done.known, "rejected": len(done.rejected)}


def _export(job: Job, progress: Progress) -> Counts:
    _drop_old_archives()
    made, counts = job.folder / job.name, {}
    if job.name in BOARD_FORMATS:
        export_board(job.name, made)
    else:
        options = {name: job.options[name] for name in ("licence", "with_imported")}
        salt, now = secrets.token_bytes(32), timezone.now()
        done = export_votes(job.name, made, salt=salt, now=now, on_progress=progress.reach, **options)
        counts = {"votes": done.votes - done.skipped, "rows": done.rows}
    with ZipFile(job.archive, "w", ZIP_DEFLATED) as packed:
        for file in sorted(made.iterdir()):
            packed.write(file, f"{job.name}/{file.name}")
    shutil.rmtree(made)
    return counts


def file_of(job: Job) -> Path:
    """Return the file that an import reads: one that was sent, or one that lies in the operator's folder."""
    sent = job.folder / job.name
    return sent if sent.exists() else settings.VAR / "imports" / job.name


def _drop_old_archives() -> None:
    for folder in (settings.VAR / "jobs").iterdir():
        if folder.stat().st_mtime < time() - KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


_RUNS: dict[str, Callable[[Job, Progress], Counts]] = {
    "votes": _import_votes,
    "answers": _import_answers,
    "prompts": _import_prompts,
    "export": _export,
}
