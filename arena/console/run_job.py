"""What a worker does for a job of the console."""

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
from arena.imports.answers import UnnamedAnswers, import_answers
from arena.imports.prompts import UnnamedSet, import_prompts
from arena.imports.votes import ImportedVotes, import_votes
from arena.models import PromptSet
from arena.queues import enqueue_publication

Counts = dict[str, int]

#: No file takes as long to be sent.
UPLOAD_SECONDS = 24 * 3600


class FileIsNotHere(Exception):
    """A file that lies on another machine, or was taken away."""


def run_job(job_id: str) -> None:
    """Do the job unless it is over or being done. How it ended stands in its report. Raises QueueUnavailable."""
    job = claim(job_id)
    if job is None:
        return
    store(job)
    _drop_what_is_old()
    progress = Progress(job)
    try:
        counts = _RUNS[job.kind](job, progress)
    except (MalformedFile, UnnamedAnswers, UnnamedSet, FileIsNotHere) as refusal:
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
    progress.read_by(done.columns)
    counts = {"new": done.new, "known": done.known, "rejected": done.rejected}
    return counts | ({"without_texts": done.without_texts} if done.without_texts else {})


def _import_answers(job: Job, progress: Progress) -> Counts:
    done = import_answers(file_of(job), on_progress=progress.add)
    return {"new": done.new_answers, "known": done.answers - done.new_answers, "rejected": len(done.rejected)}


def _import_prompts(job: Job, progress: Progress) -> Counts:
    said = {name: job.options[name] for name in ("name", "licence", "language")}
    done = import_prompts(file_of(job), on_progress=progress.add, **said)
    progress.read_by(PromptSet.objects.mapping_of(said["name"]))
    return {"new": done.added, "known": done.known, "rejected": len(done.rejected)}


def _export(job: Job, progress: Progress) -> Counts:
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
    """Return the file that an import reads: one that was sent, or one that lies in the operator's folder.

    Raises FileIsNotHere.
    """
    sent = job.folder / job.name
    dropped: Path = settings.VAR / "imports" / job.name
    found = next((path for path in (sent, dropped) if path.exists()), None)
    if found is None:
        raise FileIsNotHere(f"The worker does not find {job.name}: it must see the same ARENA_VAR as the web server.")
    return found


def _drop_what_is_old() -> None:
    """Drop archives after their days, and files of which a job never came: Redis forgot it, or the web server died."""
    for folder in _older_than(KEPT_SECONDS, settings.VAR / "jobs"):
        shutil.rmtree(folder, ignore_errors=True)
    for file in _older_than(UPLOAD_SECONDS, Path(settings.FILE_UPLOAD_TEMP_DIR)):
        file.unlink(missing_ok=True)


def _older_than(seconds: float, folder: Path) -> list[Path]:
    inside = list(folder.iterdir()) if folder.is_dir() else []
    return [path for path in inside if path.stat().st_mtime < time() - seconds]


_RUNS: dict[str, Callable[[Job, Progress], Counts]] = {
    "votes": _import_votes,
    "answers": _import_answers,
    "prompts": _import_prompts,
    "export": _export,
}
