"""Continue a battle: a follow-up prompt to both models, each on its own side of the conversation."""

import random
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from arena.answers.conversation import first_turn_that_fits, refuse_what_no_window_holds
from arena.battles.turns import add_turn, refuse_when_the_queue_is_full
from arena.models import Battle, LanguageModel, Turn
from arena.people.refusals import Refusal


class CannotContinue(Refusal):
    """The battle is closed, recorded, at its last turn, or its answers are still being written."""

    kind = "cannot-continue"
    sentence = _("This battle cannot go on. Your text is kept: copy it into a new battle.")


def continue_battle(
    battle: Battle, user_text: str, *, number: int | None = None, rng: random.Random, now: datetime
) -> Turn:
    """Return the new turn. The oldest turns that no longer fit are left out, alike for both models.

    number: which turn the page means; sent twice, it is the turn that is there already.
    Raises CannotContinue, TooLongForTheWindow, QueueIsFull.
    """
    with transaction.atomic():
        battle = Battle.objects.locked(battle.pk)
        if sent := battle.sent_turn(number, user_text):
            return sent
        refuse_when_the_queue_is_full()
        if not battle.may_continue(now):
            raise CannotContinue
        refuse_what_no_window_holds(_whose_windows_count(battle), user_text)
        first = first_turn_that_fits(battle, battle.active_turns, user_text)
        return add_turn(
            battle, user_text, number=len(battle.all_turns) + 1, first_turn_in_window=first, rng=rng, now=now
        )


def _whose_windows_count(battle: Battle) -> set[LanguageModel]:
    """Return the entries into whose windows a prompt must fit.

    Of a blind battle these are all that may be drawn: what is refused to its pair alone would name the pair.
    """
    pair = {battle.entry(slot) for slot in battle.slots}
    return pair | set(LanguageModel.objects.live()) if battle.is_blind else pair
