"""Add a turn to a battle: one user message and the answers to it, which its models set to work on."""

import random
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from arena.answers.moderate import (
    ask_for_checks,
    checked_until,
    judge_in_request,
    judge_without_the_missing,
    withhold_prompt,
)
from arena.models import Answer, Battle, Turn, Withheld
from arena.models.answers import WITHHELD, AnswerState
from arena.moderation.chosen import Chosen, chosen_entries
from arena.moderation.verdict import Verdict
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
    """Return the new turn. Its answers are enqueued when the surrounding transaction commits.

    A prompt that the rules of moderation take for unsafe is kept, and its answers are ended: no model reads it. Where
    models judge prompts too, they are asked first.
    """
    verdict = judge_in_request(user_text)
    against = verdict if verdict and verdict.is_unsafe else None
    moderators = [] if against or replaces else chosen_entries()
    if not (against or replaces):
        against = judge_without_the_missing(moderators)
    turn = Turn.objects.create(
        battle=battle,
        number=number,
        user_text=user_text,
        first_turn_in_window=first_turn_in_window,
        replaces=replaces,
        created=now,
        checked_until=checked_until(now) if moderators and not against else None,
        withheld=Withheld.PROMPT if against else None,
        withheld_for=against.categories[0] if against else None,
    )
    for slot in battle.slots:
        queue = host_queue(battle.entry(slot).weights)
        state = _ended(now) if against else {}
        seed = rng.getrandbits(62)
        answer = Answer.objects.create(turn=turn, slot=slot, queue=queue, queued_at=now, seed=seed, **state)
        if not (against or moderators):
            transaction.on_commit(partial(enqueue_answer, answer.pk, queue=queue))
    _see_to_moderation(turn, against, moderators, now=now)
    return turn


def _see_to_moderation(turn: Turn, against: Verdict | None, moderators: Sequence[Chosen], *, now: datetime) -> None:
    if against:
        withhold_prompt(turn, against, now=now)
    elif moderators:
        transaction.on_commit(partial(ask_for_checks, turn, moderators))


def _ended(now: datetime) -> dict[str, Any]:
    """Return the state of an answer that nobody is going to write."""
    return {"state": AnswerState.FAILED, "finish_reason": WITHHELD, "finished_at": now}


def refuse_when_the_queue_is_full() -> None:
    """Raise QueueIsFull where as many answers wait as may."""
    if Answer.objects.filter(state=AnswerState.PENDING).count() >= settings.QUEUE_LIMIT:
        raise QueueIsFull
