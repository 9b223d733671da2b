"""Begin a conversation with one or two entries that the visitor chose. It is not blind, so no vote on it counts."""

import random
from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from arena.answers.conversation import refuse_what_no_window_holds
from arena.battles.begin import begin_battle, repeated_battle
from arena.battles.turns import refuse_when_the_queue_is_full
from arena.models import Battle, LanguageModel, Voter
from arena.models.battles import BattleKind
from arena.people.refusals import Refusal


class CannotAnswer(Refusal):
    """An entry that was chosen is paused, retired or no model that talks."""

    kind, status = "cannot-answer", HTTPStatus.SERVICE_UNAVAILABLE
    sentence = _("This model cannot answer right now. Choose another one; your prompt is kept.")


def choosable_entries() -> list[LanguageModel]:
    """Return the entries that answer any prompt, by name.

    One that rests, because it keeps failing, is among them: a list without it would tell within a minute who it was
    that failed in a blind battle. Whoever chooses it is told that it did not answer.
    """
    return list(LanguageModel.objects.live().order_by("display_name", "pk"))


def start_chat(
    voter: Voter,
    entries: Sequence[LanguageModel],
    user_text: str,
    *,
    idempotency_key: UUID | None = None,
    rng: random.Random,
    now: datetime,
) -> Battle:
    """Return the new conversation. Its first turn is enqueued when the transaction commits.

    entries: one for a direct chat, two different ones for side by side, in the order of the sides.
    voter, idempotency_key: as `start_battle` takes them.
    Raises CannotAnswer, TooLongForTheWindow, TooManyOpenBattles (its `battles` are still being answered), QueueIsFull,
    VoterIsForgotten.
    """
    if repeated := repeated_battle(voter, idempotency_key, user_text):
        return repeated
    refuse_when_the_queue_is_full()
    _refuse_those_that_cannot_answer(entries)
    refuse_what_no_window_holds(entries, user_text)
    return begin_battle(
        voter,
        user_text,
        limited=Battle.objects.busy_chats_of(voter),
        idempotency_key=idempotency_key,
        rng=rng,
        now=now,
        kind=BattleKind.SIDE_BY_SIDE if len(entries) > 1 else BattleKind.DIRECT,
        model_a=entries[0],
        model_b=entries[1] if len(entries) > 1 else None,
        pair_probability=1.0,
    )


def _refuse_those_that_cannot_answer(entries: Sequence[LanguageModel]) -> None:
    able = {entry.pk for entry in choosable_entries()}
    if not able.issuperset(entry.pk for entry in entries):
        raise CannotAnswer
