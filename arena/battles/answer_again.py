"""Ask both models for other answers to the last prompt. What they wrote before is kept, and is in no context."""

import random
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from arena.battles.continue_battle import CannotContinue
from arena.battles.turns import add_turn, refuse_when_the_queue_is_full
from arena.models import Battle, Turn


class NoFurtherAnswers(CannotContinue):
    """The same where other answers are asked for, and no text has to be kept."""

    sentence = _("This battle takes no further answers. Vote, or start a new one.")


def answer_again(battle: Battle, *, number: int | None = None, rng: random.Random, now: datetime) -> Turn:
    """The turn that replaces the last one: the same prompt to the same pair, with other seeds.

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
