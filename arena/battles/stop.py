"""Stop both sides of a battle where they are. What is written stays, and may be voted on."""

import logging
from datetime import datetime
from http import HTTPStatus

import redis
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
    """Sides that wait end at once, those that are being written at their worker's next tick.

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
