"""What a worker with weights of its own does before its first task: it loads them, or serves nothing.

An error that left `warm_up` would be logged by Celery, which then served the queue all the same: every answer would be
lost.
"""

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from socket import gethostname

import redis
from celery.signals import worker_init

from arena.answers.test_run import DEFAULT_PROMPT, request_of
from arena.backends import backend
from arena.backends.base import BackendError
from arena.conf.redis_clients import client, key
from arena.entries.states import break_unserved_entries, mend_entries
from arena.models import LanguageModel
from arena.models.catalog import State
from arena.supervisor.child import CANNOT_SERVE

#: After so many workers that died while they loaded, the next one does not try.
MOST_DEATHS = 2
REMEMBERED_SECONDS = 1800
#: How a worker ends that cannot even tell why: another start may help.
FAILED = 1

logger = logging.getLogger(__name__)


@worker_init.connect
def warm_up(**_: object) -> None:
    """Load the weights that ARENA_WARM_UP names. Raises SystemExit where they cannot answer."""
    weights = os.environ.get("ARENA_WARM_UP")
    if not weights:
        return
    try:
        _count_start(weights)
        can_answer = _load(weights)
        _forget_starts(weights)
    except Exception as error:
        logger.exception("the worker of %s cannot begin", weights)
        raise SystemExit(FAILED) from error
    if not can_answer:
        raise SystemExit(CANNOT_SERVE)


def _load(weights: str) -> bool:
    """Load the weights, try each entry on them, and return whether the weights work.

    What does not work is broken; what was broken and works comes back.
    """
    entries = LanguageModel.objects.filter(weights=weights)
    if problem := _deaths(weights) or _problem(partial(backend("transformers").warm_up, {"weights": weights})):
        break_unserved_entries(entries, problem)
        return False
    for entry in entries.exclude(state=State.RETIRED):
        this = entries.filter(pk=entry.pk)
        if problem := _problem(partial(_try, entry)):
            break_unserved_entries(this, problem)
        else:
            mend_entries(this)
    return True


def _count_start(weights: str) -> None:
    """Count that these weights begin to be loaded here. Who dies of it, by lack of memory say, cannot tell."""
    with suppress(redis.RedisError), client().pipeline() as pipe:
        pipe.incr(_starts_at(weights))
        pipe.expire(_starts_at(weights), REMEMBERED_SECONDS)
        pipe.execute()


def _forget_starts(weights: str) -> None:
    with suppress(redis.RedisError):
        client().delete(_starts_at(weights))


def _deaths(weights: str) -> str:
    """Return a sentence if workers here keep dying while they load these weights; nothing otherwise."""
    try:
        starts = int(client().get(_starts_at(weights)) or 0)
    except redis.RedisError:
        return ""
    if starts <= MOST_DEATHS:
        return ""
    return (
        f"{MOST_DEATHS} workers in a row died while they loaded {weights}: the memory is too small, or a file damaged; "
        "the log may say which"
    )


def _starts_at(weights: str) -> str:
    return key(f"loading:{gethostname()}:{weights}")


def _try(entry: LanguageModel) -> None:
    """Load the entry's adapter, if it has one, and write a prompt with its template. Raises BackendError."""
    host = backend(entry.backend)
    if entry.adapter:
        host.warm_up({**entry.options, **entry.local_files})
    host.count_tokens(request_of(entry, DEFAULT_PROMPT))


def _problem(attempt: Callable[[], object]) -> str:
    """Return what this attempt fails with, as a sentence; nothing where it works."""
    try:
        attempt()
    except BackendError as error:
        logger.error("what was tried cannot answer: %s", error, exc_info=error.__cause__)
        return str(error)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic in Rust is no Exception
        logger.exception("what was tried cannot answer")
        return f"{type(error).__name__}: {error}"
    return ""
