"""Begin a battle: draw two entries and set both to work on the prompt."""

import random
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from arena import breakers
from arena.actions.add_turn import add_turn, refuse_when_the_queue_is_full
from arena.conversation import refuse_what_no_window_holds
from arena.models import Battle, LanguageModel, Prompt, Voter
from arena.pairing import draw_pair
from ratings.pairing import Pair


class NotEnoughEntries(Exception):
    """Fewer than two entries can answer now."""


class TooManyOpenBattles(Exception):
    """The voter has as many open battles as one may have: `battles`. retry_after: seconds."""

    retry_after = 60

    def __init__(self, battles: Sequence[Battle]) -> None:
        self.battles = battles


def start_battle(
    voter: Voter,
    user_text: str,
    *,
    recorded_prompt: Prompt | None = None,
    send: UUID | None = None,
    rng: random.Random,
    now: datetime,
) -> Battle:
    """The new battle, its first turn enqueued when the transaction commits.

    voter: a new one is stored with the battle, so that a refused visitor leaves nothing behind.
    recorded_prompt: a prompt with recorded answers; only entries that have one to it are drawn.
    send: what the page calls this sending, a new id; the same again gets the battle that is there.
    Raises NotEnoughEntries, TooLongForTheWindow, TooManyOpenBattles, QueueIsFull.
    """
    if sent := sent_battle(voter, send, user_text):
        return sent
    refuse_when_the_queue_is_full()
    entries = _entries(recorded_prompt)
    if recorded_prompt is None:
        refuse_what_no_window_holds(entries, user_text)
    pair = draw_pair(entries, rng)
    with transaction.atomic():
        store_or_lock(voter)
        if sent := sent_battle(voter, send, user_text):  # by another request, a moment ago
            return sent
        _refuse_more_open_battles(voter, now)
        battle = _begin(pair, entries, voter, battle_id=send, prompt=recorded_prompt, now=now)
        add_turn(battle, user_text, number=1, first_turn_in_window=1, rng=rng, now=now)
    return battle


def sent_battle(voter: Voter, send: UUID | None, user_text: str) -> Battle | None:
    """The battle that this sending began when it came before."""
    if send is None:
        return None
    battle = Battle.objects.with_rows().filter(pk=send, voter=voter).first()
    return battle if battle and battle.sent_turn(1, user_text) else None


def _entries(recorded_prompt: Prompt | None) -> list[LanguageModel]:
    if recorded_prompt is None:
        entries = list(LanguageModel.objects.live())
    else:
        entries = list(LanguageModel.objects.recorded().filter(recorded_answers__prompt=recorded_prompt))
    resting = breakers.resting([entry.pk for entry in entries])
    entries = [entry for entry in entries if entry.pk not in resting]
    if len(entries) < 2:
        raise NotEnoughEntries
    return entries


def store_or_lock(voter: Voter) -> None:
    """In a transaction: until it ends, no other request begins a battle of this voter."""
    if voter._state.adding:
        voter.save()
    else:
        Voter.objects.select_for_update().get(pk=voter.pk)


def _refuse_more_open_battles(voter: Voter, now: datetime) -> None:
    battles = list(Battle.objects.open_of(voter, now=now).order_by("created"))
    if len(battles) >= settings.OPEN_BATTLES_LIMIT:
        raise TooManyOpenBattles(battles)


def _begin(
    pair: Pair,
    entries: list[LanguageModel],
    voter: Voter,
    *,
    battle_id: UUID | None,
    prompt: Prompt | None,
    now: datetime,
) -> Battle:
    is_free = battle_id is not None and not Battle.objects.filter(pk=battle_id).exists()
    return Battle.objects.create(
        id=battle_id if is_free else uuid4(),
        voter=voter,
        model_a=entries[pair.a],
        model_b=entries[pair.b],
        pair_probability=pair.probability,
        consent_version=settings.CONSENT_VERSION,
        prompt=prompt,
        created=now,
    )
