"""Ask for answers anew: for others to the last prompt, or from a side that failed before its first word.

What was written before is kept, and is in no context.
"""

import random
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from arena.battles.continue_battle import CannotContinue
from arena.battles.turns import add_turn, refuse_when_the_queue_is_full
from arena.models import Answer, Battle, Turn
from arena.models.answers import AnswerState
from arena.queues import enqueue_answer


class NoFurtherAnswers(CannotContinue):
    """The battle cannot go on, so it takes no other answers. Unlike a follow-up prompt, no text has to be kept."""

    sentence = _("This battle takes no further answers. Vote, or start a new one.")


def answer_again(battle: Battle, *, number: int | None = None, rng: random.Random, now: datetime) -> Turn:
    """Return the turn that replaces the last one: the same prompt to the same pair, with other seeds.

    number: which turn the page means; sent twice, it is the turn that is there already.
    Raises NoFurtherAnswers, QueueIsFull.
    """
    with transaction.atomic():
        battle = Battle.objects.locked(battle.pk)
        if sent := battle.sent_turn(number, battle.all_turns[-1].user_text):
            return sent
        refuse_when_the_queue_is_full()
        if not battle.may_continue(now):
            raise NoFurtherAnswers
        last = battle.all_turns[-1]
        return add_turn(
            battle,
            last.user_text,
            number=last.number + 1,
            first_turn_in_window=last.first_turn_in_window,
            replaces=last,
            rng=rng,
            now=now,
        )


def retry_answer(answer: Answer, *, now: datetime) -> bool:
    """Start a failed side anew, and tell whether that was done.

    It is for conversations with chosen models: who has seen which side of a blind battle failed may know from elsewhere
    who is down, so its prompt goes to another pair.
    It is not done where the side has shown text or was tried too often, nor where its battle was left, or erased with
    its voter: its prompt is gone.
    """
    if not answer.may_be_retried:
        return False
    with transaction.atomic():
        battle = Battle.objects.select_for_update().get(pk=answer.turn.battle_id)
        if battle.is_blind or battle.left_at is not None:
            return False
        failed = Answer.objects.filter(pk=answer.pk, state=AnswerState.FAILED, attempt=answer.attempt)
        if not failed.update(state=AnswerState.PENDING, queued_at=now, finished_at=None, finish_reason=""):
            return False
        transaction.on_commit(partial(enqueue_answer, answer.pk, queue=answer.queue))
    return True
