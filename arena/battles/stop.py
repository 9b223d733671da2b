"""Stop the answers of a battle where they are, or leave the battle without a vote.

What the page has shown when it is stopped stays, and may be voted on. What the workers had written beyond that is not
kept: it would say who was further, to the voter and in the next turn to the models. So both sides are cut where the
pacing had released them, which in lockstep is the same place.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus

import redis
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from arena.answers import events
from arena.battles.blind import text_shown
from arena.markup import render_answer, without_controls
from arena.models import Answer, Battle
from arena.models.answers import AnswerState
from arena.models.battles import Pacing
from arena.people.refusals import Refusal

logger = logging.getLogger(__name__)


class CannotStop(Refusal):
    """The workers cannot be told now: the answers go on."""

    kind, status = "cannot-stop", HTTPStatus.SERVICE_UNAVAILABLE
    sentence = _("The answers cannot be stopped right now. They go on; try again in a moment.")


def stop_answers(battle: Battle, *, now: datetime) -> None:
    """Stop both sides at once, with the text that the page may have shown.

    A side that had ended is cut alike where its page had not come to its end. Raises CannotStop.
    """
    try:
        shown = text_shown(battle, now=now)
    except redis.RedisError as error:
        raise CannotStop from error
    # First the rows: a worker that found the wish before would store all that it has.
    for event, answer_id in _cut(battle, shown, now):
        try:
            events.ask_to_stop(answer_id)
            events.publish(str(battle.pk), event, answer_id=answer_id)
        except redis.RedisError:
            logger.warning("Redis is unreachable; the page learns of answer %s when it connects again", answer_id)


def _cut(battle: Battle, shown: Mapping[str, str], now: datetime) -> list[tuple[events.Event, int]]:
    """Store what is left of the newest turn, and return what its page has to be told, with the answers' keys."""
    with transaction.atomic():
        battle = Battle.objects.locked(battle.pk)
        turn = battle.all_turns[-1]
        answers = list(Answer.objects.select_for_update().filter(turn=turn))
        if all(answer.is_finished for answer in answers):
            return []
        cut = [a for a in answers if not a.is_finished or _was_further(battle, a, shown[a.slot])]
        # The lease ends with it: whatever its worker still stores, it does not hold the answer.
        stopped = {"state": AnswerState.STOPPED, "finish_reason": "stopped", "finished_at": now, "tokens": None}
        for answer in cut:
            text = shown[answer.slot]
            Answer.objects.filter(pk=answer.pk).update(**stopped, text=text, leased_until=None)
    return [(_stopped(answer, turn.number, shown[answer.slot]), answer.pk) for answer in cut]


def _was_further(battle: Battle, answer: Answer, shown: str) -> bool:
    """Tell whether a side was done whose page had not come to its end."""
    if battle.pacing == Pacing.LIVE or answer.state != AnswerState.DONE:
        return False
    return len(shown) < len(without_controls(answer.text))


def _stopped(answer: Answer, turn: int, text: str) -> events.Event:
    # The attempt of an answer that waits is the one that a worker would have begun.
    attempt = answer.attempt + (answer.state == AnswerState.PENDING)
    return events.Event(turn, answer.slot, attempt, "stopped", html=render_answer(text))


def leave_battle(battle: Battle, *, now: datetime) -> None:
    """Close the battle without a vote, so that a new one can begin. A battle that has a vote stays as it is."""
    with transaction.atomic():
        # First the lock: the vote that another request is casting is there, or finds the battle left.
        Battle.objects.select_for_update().get(pk=battle.pk)
        Battle.objects.filter(pk=battle.pk, vote__isnull=True, left_at__isnull=True).update(left_at=now)
