"""Add a turn to a battle: one user message and the answers to it, which its models set to work on."""

import random
from datetime import datetime
from functools import partial
from http import HTTPStatus

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from arena.models import Answer, Battle, Turn
from arena.models.answers import AnswerState
from arena.people.refusals import Refusal
from arena.queues import enqueue_answer, host_queue


class QueueIsFull(Refusal):
    """Too many answers wait already."""

    kind, status, retry_after = "queue-is-full", HTTPStatus.TOO_MANY_REQUESTS, 30
    sentence = _("Many battles are waiting right now. Your prompt is kept: try again in half a minute.")


def add_turn(
    battle: Battle,
    user_text: str,
    *,
    number: int,
    first_turn_in_window: int,
    replaces: Turn | None = None,
    rng: random.Random,
    now: datetime,
) -> Turn:
    """Return the new turn. Its answers are enqueued when the surrounding transaction commits."""
    turn = Turn.objects.create(
        battle=battle,
        number=number,
        user_text=user_text,
        first_turn_in_window=first_turn_in_window,
        replaces=replaces,
        created=now,
    )
    for slot in battle.slots:
        queue = host_queue(battle.entry(slot).weights)
        answer = Answer.objects.create(turn=turn, slot=slot, queue=queue, queued_at=now, seed=rng.getrandbits(62))
        transaction.on_commit(partial(enqueue_answer, answer.pk, queue=queue))
    return turn


def refuse_when_the_queue_is_full() -> None:
    """Raise QueueIsFull where as many answers wait as may."""
    if Answer.objects.filter(state=AnswerState.PENDING).count() >= settings.QUEUE_LIMIT:
        raise QueueIsFull
