"""The features that a vote has by the texts of its battle: its categories, and how the answers differ in style."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

import numpy as np
from django.conf import settings

from arena.formats.votes.base import TurnTexts
from arena.models import Answer, Turn
from arena.models.answers import Slot
from arena.scoring.text_features import PACKED, VoteFeatures, features_of_texts, with_texts
from ratings.arrays import FloatArray
from ratings.style import STYLE_FEATURES

TEXTS_AT_ONCE = 500


def features_of(battles: Sequence[UUID]) -> dict[UUID, VoteFeatures]:
    """Return the features of a vote on each of these battles that still has texts."""
    features: dict[UUID, VoteFeatures] = {}
    # A few at a time: conversations may be long.
    for start in range(0, len(battles), TEXTS_AT_ONCE):
        texts = turn_texts(battles[start : start + TEXTS_AT_ONCE])
        features |= zip(texts, features_of_texts(list(texts.values()), rules=settings.CATEGORIES), strict=True)
    return features


def turn_texts(battles: Collection[UUID]) -> dict[UUID, list[TurnTexts]]:
    """Return the texts of each battle, without turns that others replaced or that were erased. In two queries."""
    answers = Answer.objects.filter(turn__battle__in=battles).values_list("turn_id", "slot", "text")
    texts = {(turn, slot): text for turn, slot, text in answers}
    rows = list(Turn.objects.filter(battle__in=battles).values_list("pk", "battle_id", "user_text", "replaces_id"))
    replaced = {replaces for *_, replaces in rows}
    turns: dict[UUID, list[TurnTexts]] = {}
    for pk, battle, user_text, _ in rows:
        if pk not in replaced:
            turn = TurnTexts(user_text, texts.get((pk, Slot.A), ""), texts.get((pk, Slot.B), ""))
            turns.setdefault(battle, []).append(turn)
    return {battle: kept for battle, all_turns in turns.items() if (kept := with_texts(all_turns))}


def unpacked(styles: Iterable[bytes]) -> FloatArray:
    """Return (votes, len(STYLE_FEATURES)), the packed `VoteFeatures.style` of each vote; none may be empty."""
    return np.frombuffer(b"".join(styles), dtype=PACKED).reshape(-1, len(STYLE_FEATURES)).astype(np.float64)
