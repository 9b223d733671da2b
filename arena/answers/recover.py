"""Find answers that a dead worker or a lost queue left behind, and set them going again."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

import redis
from django.db.models import Q, QuerySet

from arena import queues
from arena.answers import breakers, events
from arena.answers.moderate import settle_overdue_prompts
from arena.models import Answer, LanguageModel
from arena.models.answers import AnswerState
from arena.models.catalog import State
from arena.queues import enqueue_answer, is_empty

#: A worker may die twice under an answer; then the answer is the likely cause.
MAX_CLAIMS = 2
#: A waiting answer is looked for in its queue after this time, and given up after the longer one.
LOOK_AFTER = timedelta(seconds=5)
#: After this time it is asked whether anybody serves its queue at all.
ASK_AFTER = timedelta(seconds=30)
GIVE_UP_AFTER = timedelta(minutes=10)

logger = logging.getLogger(__name__)


def recover_stalled_answers(
    *, now: datetime, served: Callable[[], Mapping[str, Sequence[str]]] = queues.served
) -> None:
    """Set answers going again that nobody writes.

    Those with an expired lease can be claimed again, once; lost queue entries are enqueued again; what waits too long
    fails, and what waits for a broken entry at once. An answer whose queue is not among those `served` fails too, and
    its entry leaves the draw. Prompts whose moderators did not speak in time are settled.
    """
    settle_overdue_prompts(now=now)
    for answer in _of(Answer.objects.filter(state=AnswerState.STREAMING, leased_until__lt=now)):
        _restart(answer, now) if answer.attempt < MAX_CLAIMS else _give_up_after_deaths(answer, now)
    for answer in _of(Answer.objects.waiting().filter(queued_at__lt=now - GIVE_UP_AFTER)):
        _give_up(answer, now)
    for answer in _waiting_for(LanguageModel.objects.filter(state=State.BROKEN)):
        _give_up(answer, now)
    _give_up_where_nobody_serves(now, served)
    for answer in _of(Answer.objects.waiting().filter(queued_at__lt=now - LOOK_AFTER)):
        if is_empty(answer.queue):
            _enqueue_again(answer, now)


def give_up_waiting_answers(entry_ids: Collection[int], *, now: datetime) -> None:
    """Let the answers fail that wait for these entries: none of them can answer."""
    for answer in _waiting_for(LanguageModel.objects.filter(pk__in=entry_ids)):
        _give_up(answer, now)


def _waiting_for(entries: "QuerySet[LanguageModel]") -> "QuerySet[Answer]":
    is_side = Q(slot="a", turn__battle__model_a__in=entries) | Q(slot="b", turn__battle__model_b__in=entries)
    return _of(Answer.objects.filter(is_side, state=AnswerState.PENDING))


def _of(answers: "QuerySet[Answer]") -> "QuerySet[Answer]":
    return answers.select_related("turn__battle__model_a", "turn__battle__model_b")


def _give_up_where_nobody_serves(now: datetime, served: Callable[[], Mapping[str, Sequence[str]]]) -> None:
    waiting = list(_of(Answer.objects.waiting().filter(queued_at__lt=now - ASK_AFTER)))
    try:
        nodes = dict(served()) if waiting else {}
        if nodes and any(answer.queue not in nodes for answer in waiting):
            # On a busy machine a worker may reply too late, but hardly twice.
            nodes |= served()
    except queues.QueueUnavailable:
        return
    for answer in waiting:
        # Where not one worker answers, not even the one that this runs in, the asking has failed.
        if nodes and answer.queue not in nodes:
            _give_up(answer, now)
            breakers.trip(answer.entry.pk)


def _as_it_was(answer: Answer) -> "QuerySet[Answer]":
    """Return the row, unless it has moved on since it was read."""
    return Answer.objects.filter(
        pk=answer.pk, state=answer.state, attempt=answer.attempt, leased_until=answer.leased_until
    )


def _restart(answer: Answer, now: datetime) -> None:
    changes = {"state": AnswerState.PENDING, "leased_until": None, "first_text_at": None, "queued_at": now}
    if _as_it_was(answer).update(**changes):
        logger.warning("answer %s: its worker is gone; it starts anew", answer.pk)
        _publish(answer, "restarted", attempt=answer.attempt + 1)
        enqueue_answer(answer.pk, queue=answer.queue)


def _give_up(answer: Answer, now: datetime) -> bool:
    """Let the answer fail, and return whether it did: it may have moved on since it was read."""
    if not _as_it_was(answer).update(state=AnswerState.FAILED, leased_until=None, finished_at=now):
        return False
    logger.error("answer %s: given up after attempt %s", answer.pk, answer.attempt)
    _publish(answer, "failed", attempt=answer.attempt)
    return True


def _give_up_after_deaths(answer: Answer, now: datetime) -> None:
    """Give the answer up, and count a failure of its entry for each worker that died under it.

    A death takes a lease's time to be found: counted once an answer, an entry that always kills its worker would never
    fail often enough within the time that a breaker looks at.
    """
    if _give_up(answer, now):
        for _ in range(answer.attempt):
            breakers.answer_failed(answer.entry.pk)


def _enqueue_again(answer: Answer, now: datetime) -> None:
    if _as_it_was(answer).update(queued_at=now):
        enqueue_answer(answer.pk, queue=answer.queue)


def _publish(answer: Answer, kind: events.Kind, *, attempt: int) -> None:
    event = events.Event(answer.turn.number, answer.slot, attempt, kind)
    try:
        events.publish(str(answer.turn.battle_id), event, answer_id=answer.pk)
    except redis.RedisError:
        logger.warning("Redis is unreachable; the page learns of answer %s when it connects again", answer.pk)
