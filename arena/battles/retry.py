"""Start a side anew that failed before its first word."""

from datetime import datetime
from functools import partial

from django.db import transaction

from arena.models import Answer, Battle
from arena.models.answers import AnswerState
from arena.queues import enqueue_answer


def retry_answer(answer: Answer, *, now: datetime) -> bool:
    """True if the side starts anew; False if it has shown text, has been tried too often or is not failed.

    Neither does one whose battle was left, or erased with its voter: its prompt is gone.
    """
    if not answer.may_be_retried:
        return False
    with transaction.atomic():
        if Battle.objects.select_for_update().get(pk=answer.turn.battle_id).left_at is not None:
            return False
        failed = Answer.objects.filter(pk=answer.pk, state=AnswerState.FAILED, attempt=answer.attempt)
        if not failed.update(state=AnswerState.PENDING, queued_at=now, finished_at=None, finish_reason=""):
            return False
        transaction.on_commit(partial(enqueue_answer, answer.pk, queue=answer.queue))
    return True
