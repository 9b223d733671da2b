"""Begin a battle: draw two entries and set both to work on the prompt."""

import random
from collections.abc import Collection, Sequence
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from arena.answers import breakers
from arena.answers.conversation import refuse_what_no_window_holds
from arena.battles.begin import begin_battle, repeated_battle
from arena.battles.stop import leave_battle
from arena.battles.turns import refuse_when_the_queue_is_full
from arena.models import Battle, LanguageModel, Prompt, Voter
from arena.pairing.draw import draw_pair
from arena.people.refusals import Refusal


class NotEnoughEntries(Refusal):
    """Fewer than two entries can answer now."""

    kind, status = "not-enough-models", HTTPStatus.SERVICE_UNAVAILABLE
    sentence = _("Fewer than two models can answer right now. Your prompt is kept: try again later.")


class ArenaIsEmpty(NotEnoughEntries):
    """There is no entry at all."""

    sentence = _("This arena has no models yet. Its operator adds them with: python manage.py load_catalog")


def start_battle(
    voter: Voter,
    user_text: str,
    *,
    recorded_prompt: Prompt | None = None,
    without: Collection[int] = (),
    idempotency_key: UUID | None = None,
    rng: random.Random,
    now: datetime,
) -> Battle:
    """Return the new battle. Its first turn is enqueued when the transaction commits.

    voter: a new one is stored with the battle, so that a refused visitor leaves nothing behind.
    recorded_prompt: a prompt with recorded answers; only entries that have one to it are drawn.
    without: pks of entries that are drawn only where fewer than two others can answer.
    idempotency_key: a new id that the page made for this request; the same again gets the battle that is there.
    Raises NotEnoughEntries, TooLongForTheWindow, TooManyOpenBattles, QueueIsFull, VoterIsForgotten.
    """
    if repeated := repeated_battle(voter, idempotency_key, user_text):
        return repeated
    refuse_when_the_queue_is_full()
    entries = _entries(recorded_prompt, without)
    if recorded_prompt is None:
        refuse_what_no_window_holds(entries, user_text)
    pair = draw_pair(entries, rng)
    return begin_battle(
        voter,
        user_text,
        limited=Battle.objects.open_of(voter, now=now),
        idempotency_key=idempotency_key,
        rng=rng,
        now=now,
        model_a=entries[pair.a],
        model_b=entries[pair.b],
        pair_probability=pair.probability,
        prompt=recorded_prompt,
    )


def start_instead_of_the_oldest(
    voter: Voter,
    user_text: str,
    *,
    recorded_prompt: Prompt | None = None,
    idempotency_key: UUID | None = None,
    rng: random.Random,
    now: datetime,
) -> Battle:
    """Return the new battle. Where the voter has as many open ones as one may have, the oldest is left for it.

    What `start_battle` refuses is refused, and then none is left.
    """
    with transaction.atomic():
        if not voter._state.adding:
            Voter.objects.locked(voter.pk)
        # Asked under the lock: the same request that comes twice leaves one battle.
        if repeated := repeated_battle(voter, idempotency_key, user_text):
            return repeated
        for battle in _in_the_way(voter, now):
            leave_battle(battle, now=now)
        return start_battle(
            voter,
            user_text,
            recorded_prompt=recorded_prompt,
            idempotency_key=idempotency_key,
            rng=rng,
            now=now,
        )


def _in_the_way(voter: Voter, now: datetime) -> list[Battle]:
    """Return the oldest open battles, as many as have to be left for one more."""
    if voter._state.adding:
        return []
    battles = list(Battle.objects.open_of(voter, now=now).order_by("created"))
    return battles[: max(0, len(battles) - settings.OPEN_BATTLES_LIMIT + 1)]


def _entries(recorded_prompt: Prompt | None, without: Collection[int]) -> list[LanguageModel]:
    if recorded_prompt is None:
        entries = list(LanguageModel.objects.live())
    else:
        entries = list(LanguageModel.objects.recorded().filter(recorded_answers__prompt=recorded_prompt))
    entries = _awake(entries)
    if len(entries) < 2:
        raise NotEnoughEntries if LanguageModel.objects.exists() else ArenaIsEmpty
    others = [entry for entry in entries if entry.pk not in without]
    return others if len(others) > 1 else entries


def _awake(entries: Sequence[LanguageModel]) -> list[LanguageModel]:
    """Return the entries without those that keep failing and therefore rest."""
    resting = breakers.resting([entry.pk for entry in entries])
    return [entry for entry in entries if entry.pk not in resting]
