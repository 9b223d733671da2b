"""What leads on from a vote: other models on its prompt, another recorded prompt, a chat with the preferred model."""

import random
from datetime import datetime
from uuid import uuid4, uuid5

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from arena.battles.start import start_battle
from arena.battles.verdict import preferred_slot
from arena.face.texts import consent_version
from arena.models import Answer, Battle, Prompt, Slot, Turn, Vote, Voter
from arena.models.battles import BattleKind
from arena.people.refusals import Refusal, VoterIsForgotten


class NobodyToGoOnWith(Refusal):
    """The vote preferred neither model, or the preferred one answers no prompt now."""

    kind = "nobody-to-go-on-with"
    sentence = _("This model cannot go on right now. Start a chat with another one.")


def ask_another_pair(battle: Battle, *, rng: random.Random, now: datetime) -> Battle:
    """Return a new battle with the first prompt of this one, between two others where there are two.

    Asked again, it is the battle that is there. Raises NobodyToGoOnWith, and what `start_battle` raises.
    """
    if battle.is_void or battle.texts_erased_at:
        raise NobodyToGoOnWith
    return start_battle(
        battle.voter,
        battle.all_turns[0].user_text,
        recorded_prompt=battle.prompt if battle.is_recorded else None,
        without={battle.entry(slot).pk for slot in battle.slots},
        idempotency_key=battle.pk,
        rng=rng,
        now=now,
    )


def next_recorded(battle: Battle, *, rng: random.Random, now: datetime) -> Battle:
    """Return a new battle with another recorded prompt, one that its voter has not judged where there is one.

    Raises what `start_battle` raises.
    """
    had = Battle.objects.of(battle.voter).filter(prompt__isnull=False).values("prompt")
    others = Prompt.objects.exclude(text=battle.all_turns[0].user_text)
    chosen = others.exclude(pk__in=had).recorded_sample(1) or others.recorded_sample(1)
    prompt = chosen[0] if chosen else battle.prompt
    text = prompt.text if prompt else battle.all_turns[0].user_text
    return start_battle(battle.voter, text, recorded_prompt=prompt, rng=rng, now=now)


def go_on_with_preferred(battle: Battle, vote: Vote, *, now: datetime) -> Battle:
    """Return a direct chat with the preferred model that holds the conversation so far, as that model had it.

    Asked again, it is the chat that is there, while that is open. Its turns are copies and nothing is asked of the
    model: the voter writes next. Raises NobodyToGoOnWith, VoterIsForgotten.
    """
    slot = preferred_slot(vote)
    if slot is None or battle.texts_erased_at or battle.is_void or not battle.entry(slot).is_live:
        raise NobodyToGoOnWith
    with transaction.atomic():
        if Voter.objects.locked(battle.voter_id).erased_at is not None:
            raise VoterIsForgotten
        id = uuid5(battle.pk, BattleKind.DIRECT)
        if there := Battle.objects.with_rows().filter(pk=id).first():
            if there.is_open(now):
                return there
            id = uuid4()
        chat = Battle.objects.create(
            id=id,
            kind=BattleKind.DIRECT,
            voter_id=battle.voter_id,
            model_a=battle.entry(slot),
            pair_probability=1.0,
            consent_version=consent_version(),
            created=now,
        )
        for number, turn in enumerate(battle.active_turns, start=1):
            _copy_turn(turn, chat, slot, number=number, now=now)
    return chat


def _copy_turn(turn: Turn, chat: Battle, slot: Slot, *, number: int, now: datetime) -> None:
    """Copy what was said. Times and tokens stay where they were measured, so that nothing is counted twice."""
    own = next(answer for answer in turn.answers.all() if answer.slot == slot)
    copy = Turn.objects.create(battle=chat, number=number, user_text=turn.user_text, created=now)
    Answer.objects.create(
        turn=copy,
        slot=Slot.A,
        state=own.state,
        attempt=own.attempt,
        queue=own.queue,
        queued_at=now,
        seed=own.seed,
        text=own.text,
        thoughts=own.thoughts,
        finish_reason=own.finish_reason,
    )
