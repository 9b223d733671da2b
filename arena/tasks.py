"""The tasks of Celery: doors to the actions. The database is the truth, so each may run twice."""

import threading

from asgiref.sync import async_to_sync
from celery import shared_task
from celery.signals import worker_shutting_down
from django.utils import timezone

import arena.warm_up  # noqa: F401 (it connects itself)
from arena import queues
from arena.answers.generate import generate_answer
from arena.answers.leftovers import drop_leftovers
from arena.answers.moderate import judge_answer, judge_prompt
from arena.answers.probe import probe_resting_entries
from arena.answers.recover import recover_stalled_answers
from arena.answers.test_run_report import write_test_run
from arena.entries.states import examine_entry, mend_entries
from arena.history.purge import purge_by_settings
from arena.leaderboard.live import push_leaderboard
from arena.models import LanguageModel
from arena.people.audit import drop_old_entries
from arena.scoring.checks import check_newest_board
from arena.scoring.cluster_intervals import cluster_intervals
from arena.scoring.publish import publish_leaderboard
from arena.scoring.publish_full_scan import publish_full_scan_boards

#: Set when this worker is asked to end: answers are given back instead of being written to their end.
_draining = threading.Event()


@worker_shutting_down.connect
def _drain(**_: object) -> None:
    _draining.set()


@shared_task(name=queues.GENERATE_ANSWER)
def generate(answer_id: int) -> None:
    async_to_sync(generate_answer)(answer_id, is_draining=_draining.is_set)


@shared_task(name=queues.PUBLISH_LEADERBOARD)
def publish() -> None:
    if publish_leaderboard(now=timezone.now()) is not None:
        push_leaderboard()


@shared_task(name=queues.PUBLISH_FULL_SCAN_BOARDS)
def publish_full_scan() -> None:
    now = timezone.now()
    clustered = cluster_intervals(now=now)
    if publish_full_scan_boards(now=now) or clustered:
        push_leaderboard()
    check_newest_board(now=now)


@shared_task(name=queues.RECOVER_STALLED_ANSWERS)
def recover() -> None:
    recover_stalled_answers(now=timezone.now())


@shared_task(name=queues.PROBE_RESTING_ENTRIES)
def probe_resting() -> None:
    probe_resting_entries()


@shared_task(name=queues.PROBE_ENTRY)
def probe(entry_id: int) -> None:
    examine_entry(entry_id)


@shared_task(name=queues.WRITE_TEST_RUN)
def write_one_test_run(run_id: str) -> None:
    if (entry := write_test_run(run_id, is_draining=_draining.is_set)) is not None:
        mend_entries(LanguageModel.objects.filter(pk=entry.pk))


@shared_task(name=queues.DROP_LEFTOVERS)
def drop_leftovers_of_erasures() -> None:
    drop_leftovers()


@shared_task(name=queues.PURGE)
def purge_what_is_old() -> None:
    purge_by_settings(now=timezone.now())
    drop_old_entries(now=timezone.now())


@shared_task(name=queues.CHECK_PROMPT)
def check_prompt(turn_id: int, moderator: str) -> None:
    judge_prompt(turn_id, moderator)


@shared_task(name=queues.CHECK_ANSWER)
def check_answer(answer_id: int, attempt: int, moderator: str) -> None:
    judge_answer(answer_id, attempt, moderator)


@shared_task(name=queues.RUN_JOB)
def run_one_job(job_id: str) -> None:
    from arena.console.run_job import run_job  # with what reads and writes files, for the few workers that do

    run_job(job_id)
