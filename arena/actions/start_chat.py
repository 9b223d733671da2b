"""Begin a conversation with one or two entries that the visitor chose. It is not blind, so no vote on it counts."""

import random
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from arena import breakers
from arena.actions.add_turn import add_turn, refuse_when_the_queue_is_full
from arena.actions.start_battle import TooManyOpenBattles, sent_battle, store_or_lock
from arena.conversation import refuse_what_no_window_holds
from arena.models import Battle, LanguageModel, Voter
from arena.models.battles import BattleKind


class CannotAnswer(Exception):
    """An entry that was chosen does not answer now: `entry`."""

    def __init__(self, entry: LanguageModel) -> None:
        self.entry = entry


def choosable_entries() -> list[LanguageModel]:
    """Entries that answer any prompt now, by name."""
    entries = list(LanguageModel.objects.live().order_by("display_name", "pk"))
    resting = breakers.resting([entry.pk for entry in entries])
    return [entry for entry in entries if entry.pk not in resting]


def start_chat(
    voter: Voter,
    entries: Sequence[LanguageModel],
    user_text: str,
    *,
    send: UUID | None = None,
    rng: random.Random,
    now: datetime,
) -> Battle:
    """The new conversation, its first turn enqueued when the transaction commits.

    entries: one for a direct chat, two different ones for side by side, in the order of the sides.
    voter, send: as `start_battle` takes them.
    Raises CannotAnswer, TooLongForTheWindow, TooManyOpenBattles (its `battles` are still being answered), QueueIsFull.
    """
    if sent := sent_battle(voter, send, user_text):
        return sent
    refuse_when_the_queue_is_full()
    _refuse_those_that_cannot_answer(entries)
    refuse_what_no_window_holds(entries, user_text)
    with transaction.atomic():
        store_or_lock(voter)
        if sent := sent_battle(voter, send, user_text):  # by another request, a moment ago
            return sent
        _refuse_more_than_one_reads(voter)
        battle = _begin(voter, entries, send, now)
        add_turn(battle, user_text, number=1, first_turn_in_window=1, rng=rng, now=now)
    return battle


def _refuse_those_that_cannot_answer(entries: Sequence[LanguageModel]) -> None:
    able = {entry.pk for entry in choosable_entries()}
    for entry in entries:
        if entry.pk not in able:
            raise CannotAnswer(entry)


def _refuse_more_than_one_reads(voter: Voter) -> None:
    busy = list(Battle.objects.busy_chats_of(voter).order_by("created"))
    if len(busy) >= settings.OPEN_BATTLES_LIMIT:
        raise TooManyOpenBattles(busy)


def _begin(voter: Voter, entries: Sequence[LanguageModel], send: UUID | None, now: datetime) -> Battle:
    first, second = entries[0], entries[1] if len(entries) > 1 else None
    is_free = send is not None and not Battle.objects.filter(pk=send).exists()
    return Battle.objects.create(
        id=send if is_free else uuid4(),
        kind=BattleKind.SIDE_BY_SIDE if second else BattleKind.DIRECT,
        voter=voter,
        model_a=first,
        model_b=second,
        pair_probability=1.0,
        consent_version=settings.CONSENT_VERSION,
        created=now,
    )
