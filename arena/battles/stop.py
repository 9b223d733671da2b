"""Stop the answers of a battle where they are, or leave the battle without a vote.

What is written when it is stopped stays, and may be voted on.
"""

import logging
from datetime import datetime
from http import HTTPStatus

import redis
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from arena.answers import events
from arena.models import Answer, Battle
from arena.models.answers import AnswerState
from arena.people.refusals import Refusal

logger = logging.getLogger(__name__)


class CannotStop(Refusal):
    """The workers cannot be told now: the answers go on."""

    kind, status = "cannot-stop", HTTPStatus.SERVICE_UNAVAILABLE
    sentence = _("The answers cannot be stopped right now. They go on; try again in a moment.")


def stop_answers(battle: Battle, *, now: datetime) -> None:
    """Stop both sides: one that waits ends at once, one that is being written at its worker's next tick.

    Raises CannotStop.
    """
    for answer in Answer.objects.running().filter(turn__battle=battle):
        try:
            # First: a worker that claims it meanwhile finds the wish.
            events.ask_to_stop(answer.pk)
            _stop_waiting(answer, battle, now)
        except redis.RedisError as error:
            raise CannotStop from error


def _stop_waiting(answer: Answer, battle: Battle, now: datetime) -> None:
    waiting = Answer.objects.filter(pk=answer.pk, state=AnswerState.PENDING, attempt=answer.attempt)
    if waiting.update(state=AnswerState.STOPPED, finish_reason="stopped", finished_at=now):
        event = events.Event(answer.turn.number, answer.slot, answer.attempt + 1, "stopped")
        events.publish(str(battle.pk), event, answer_id=answer.pk)


def leave_battle(battle: Battle, *, now: datetime) -> None:
    """Close the battle without a vote, so that a new one can begin. A battle that has a vote stays as it is."""
    with transaction.atomic():
        # First the lock: the vote that another request is casting is there, or finds the battle left.
        Battle.objects.select_for_update().get(pk=battle.pk)
        Battle.objects.filter(pk=battle.pk, vote__isnull=True, left_at__isnull=True).update(left_at=now)
