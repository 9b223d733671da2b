"""What was said in many battles at once."""

from collections.abc import Collection
from uuid import UUID

from arena.formats.votes.base import TurnTexts
from arena.models import Answer, Turn
from arena.models.answers import Slot


def turn_texts(battles: Collection[UUID]) -> dict[UUID, list[TurnTexts]]:
    """What stands of each battle, without turns that others replaced or that were erased. In two queries."""
    answers = Answer.objects.filter(turn__battle__in=battles).values_list("turn_id", "slot", "text")
    texts = {(turn, slot): text for turn, slot, text in answers}
    rows = list(Turn.objects.filter(battle__in=battles).values_list("pk", "battle_id", "user_text", "replaces_id"))
    replaced = {replaces for *_, replaces in rows}
    turns: dict[UUID, list[TurnTexts]] = {}
    for pk, battle, user_text, _ in rows:
        if pk not in replaced:
            turn = TurnTexts(user_text, texts.get((pk, Slot.A), ""), texts.get((pk, Slot.B), ""))
            # Without any text it was erased: nobody can train on it, or read it.
            if turn.user_text or turn.answer_a or turn.answer_b:
                turns.setdefault(battle, []).append(turn)
    return turns
