"""Task names, the queues they run on, and the one way to enqueue. Names only: no circle with tasks."""

import logging

import redis
from kombu.exceptions import OperationalError

from arena.celery import app
from arena.conf.redis_clients import client, key

GENERATE_ANSWER = "arena.generate_answer"
PUBLISH_LEADERBOARD = "arena.publish_leaderboard"
PUBLISH_FULL_SCAN_BOARDS = "arena.publish_full_scan_boards"
RECOVER_STALLED_ANSWERS = "arena.recover_stalled_answers"
WRITE_TEST_RUN = "arena.write_test_run"
PROBE_ENTRY = "arena.probe_entry"
CHECK_PROMPT = "arena.check_prompt"
CHECK_ANSWER = "arena.check_answer"
PROBE_RESTING_ENTRIES = "arena.probe_resting_entries"
RUN_JOB = "arena.run_job"
DROP_LEFTOVERS = "arena.drop_leftovers"
PURGE = "arena.purge"

DEFAULT = "default"
REMOTE = "remote"
HOST_PREFIX = "host."

logger = logging.getLogger(__name__)


class QueueUnavailable(Exception):
    """Redis does not answer: nothing can be asked of a worker now."""


def host_queue(weights: str) -> str:
    """Return the queue of the worker that holds these weights; entries without local weights run on `remote`."""
    return f"{HOST_PREFIX}{weights}" if weights else REMOTE


def enqueue_answer(answer_id: int, *, queue: str) -> None:
    _send(GENERATE_ANSWER, [answer_id], queue)


def enqueue_prompt_check(turn_id: int, moderator: str, *, queue: str, lives_seconds: float) -> None:
    """Ask for a moderator's verdict on a prompt. Whoever waits for it does not wait for longer than `lives_seconds`."""
    _send(CHECK_PROMPT, [turn_id, moderator], queue, expires=lives_seconds)


def enqueue_answer_check(answer_id: int, attempt: int, moderator: str, *, queue: str, lives_seconds: float) -> None:
    """Ask for a moderator's verdict on an answer of this attempt."""
    _send(CHECK_ANSWER, [answer_id, attempt, moderator], queue, expires=lives_seconds)


def enqueue_test_run(run_id: str, *, queue: str, lives_seconds: int) -> None:
    """Ask for a test run. A worker that comes later than `lives_seconds` leaves it.

    Raises QueueUnavailable: no sweep looks for a run.
    """
    try:
        app.send_task(WRITE_TEST_RUN, args=[run_id], queue=queue, expires=lives_seconds)
    except OperationalError as error:
        raise QueueUnavailable from error


def enqueue_probe(entry_id: int, *, queue: str, lives_seconds: float) -> None:
    _send(PROBE_ENTRY, [entry_id], queue, expires=lives_seconds)


def enqueue_job(job_id: str, *, later_seconds: int = 0) -> None:
    """Ask for an import or an export. Raises QueueUnavailable: no sweep looks for a job."""
    try:
        app.send_task(RUN_JOB, args=[job_id], queue=DEFAULT, countdown=later_seconds or None)
    except OperationalError as error:
        raise QueueUnavailable from error


def served() -> dict[str, list[str]]:
    """Return the nodes of the workers that serve each queue, of those that answer within a second.

    Raises QueueUnavailable.
    """
    try:
        # Asked first: where Redis is unreachable, Celery would go on trying.
        client().ping()
        replies = app.control.inspect(timeout=1.0).active_queues() or {}
    except (redis.RedisError, OperationalError) as error:
        raise QueueUnavailable from error
    nodes: dict[str, list[str]] = {}
    for node, queues in sorted(replies.items()):
        for queue in queues:
            nodes.setdefault(queue["name"], []).append(node)
    return nodes


def is_empty(queue: str) -> bool:
    """Tell whether nothing waits on this queue. It is False when Redis is unreachable, as nobody knows then."""
    try:
        return not client().llen(key(queue))
    except redis.RedisError:
        return False


def enqueue_publication() -> None:
    """Ask for a new board. While one request waits, further ones are the same request."""
    try:
        is_first = client().set(key("board:asked"), 1, nx=True, ex=30)
    except redis.RedisError:
        logger.warning("Redis is unreachable; the next sweep publishes the board")
        return
    if is_first:
        _send(PUBLISH_LEADERBOARD, [], DEFAULT)


def accept_publication_requests() -> None:
    """Accept new requests for a board. Call it before the pending votes are read: a vote that comes later asks anew."""
    try:
        client().delete(key("board:asked"))
    except redis.RedisError:
        # Nothing is lost: at worst one board more is asked for. Who asks without Redis warns.
        logger.debug("Redis is unreachable; votes are counted all the same")


def _send(name: str, args: list[int | str], queue: str, *, expires: float | None = None) -> None:
    # What is lost here is found in the database by the sweep: a page must not fail because the queue is unreachable.
    try:
        # Asked first, for one timeout: where Redis does not answer, Celery waits for several longer ones.
        client().ping()
        app.send_task(name, args=args, queue=queue, expires=expires)
    except (redis.RedisError, OperationalError):
        logger.warning("the queue is unreachable; %s%s waits for the sweep", name, args)
