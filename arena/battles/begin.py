"""Store a conversation with its first turn, once however often its page sends the request."""

import random
from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from arena.battles.turns import add_turn
from arena.face.texts import consent_version
from arena.models import Battle, Voter
from arena.people.refusals import Refusal, VoterIsForgotten


class TooManyOpenBattles(Refusal):
    """The voter has as many open battles as one may have: `battles`, which the page lists."""

    kind, status, retry_after = "too-many-open-battles", HTTPStatus.TOO_MANY_REQUESTS, 60

    def __init__(self, battles: Sequence[Battle]) -> None:
        super().__init__(battles)
        self.battles = battles


def begin_battle(
    voter: Voter,
    user_text: str,
    *,
    limited: "QuerySet[Battle]",
    idempotency_key: UUID | None,
    rng: random.Random,
    now: datetime,
    **fields: Any,
) -> Battle:
    """Return the new battle, or the one that the same request has begun before.

    The first turn is enqueued when the transaction commits.
    voter: a new one is stored too. limited: the voter's battles of which one may have only so many.
    idempotency_key: an id of the request, None without one. fields: further fields of the battle.
    Raises TooManyOpenBattles, VoterIsForgotten.
    """
    with transaction.atomic():
        _store_or_lock(voter)
        if repeated := repeated_battle(voter, idempotency_key, user_text):
            return repeated
        _refuse_one_more(limited)
        battle = Battle.objects.create(
            id=_free_id(voter, idempotency_key),
            voter=voter,
            consent_version=consent_version(),
            created=now,
            **fields,
        )
        add_turn(battle, user_text, number=1, first_turn_in_window=1, rng=rng, now=now)
    return battle


def repeated_battle(voter: Voter, idempotency_key: UUID | None, user_text: str) -> Battle | None:
    """Return the battle that this request began when it came before; None where it has not."""
    if idempotency_key is None:
        return None
    battle = Battle.objects.of(voter).with_rows().filter(pk=_id_of(voter, idempotency_key)).first()
    return battle if battle and battle.sent_turn(1, user_text) else None


def _store_or_lock(voter: Voter) -> None:
    """Store a new voter, or lock a known one: until the transaction ends, no other request begins a battle of theirs.

    Raises VoterIsForgotten.
    """
    if voter._state.adding:
        voter.save()
    elif Voter.objects.locked(voter.pk).erased_at is not None:
        raise VoterIsForgotten


def _refuse_one_more(limited: "QuerySet[Battle]") -> None:
    battles = list(limited.order_by("created"))
    if len(battles) >= settings.OPEN_BATTLES_LIMIT:
        raise TooManyOpenBattles(battles)


def _free_id(voter: Voter, idempotency_key: UUID | None) -> UUID:
    """Return the id that the key gives, or a random one where a battle with another prompt has that id."""
    if idempotency_key is None or Battle.objects.filter(pk=(id := _id_of(voter, idempotency_key))).exists():
        return uuid4()
    return id


def _id_of(voter: Voter, idempotency_key: UUID) -> UUID:
    """Return the battle's id that this key gives to this voter.

    Nobody chooses the id itself: one that a data set has would keep that set's vote from being imported.
    """
    return uuid5(voter.pk, idempotency_key.hex)
