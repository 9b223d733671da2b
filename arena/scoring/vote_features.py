"""The features that a vote has by the texts of its battle: its categories, and how the answers differ in style."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

import numpy as np

from arena.formats.votes.base import TurnTexts
from arena.models import Answer, Turn
from arena.models.answers import Slot
from arena.votes.policy import category_rules, fingerprint
from ratings.arrays import FloatArray
from ratings.style import STYLE_FEATURES, normalised_differences, style_counts

TEXTS_AT_ONCE = 500

_PACKED = np.dtype("<f4")


@dataclass(frozen=True)
class VoteFeatures:
    """The features of one vote, all empty without texts.

    categories: keys, sorted; style: packed differences of side A against side B; prompt: the SHA-256 of what the first
    prompt shares with those that differ in its spelling only.
    """

    categories: tuple[str, ...] = ()
    style: bytes = b""
    prompt: str = ""


def features_of(battles: Sequence[UUID]) -> dict[UUID, VoteFeatures]:
    """Return the features of a vote on each of these battles that still has texts."""
    features: dict[UUID, VoteFeatures] = {}
    # A few at a time: conversations may be long.
    for start in range(0, len(battles), TEXTS_AT_ONCE):
        texts = turn_texts(battles[start : start + TEXTS_AT_ONCE])
        features |= zip(texts, features_of_texts(list(texts.values())), strict=True)
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
            # Without any text it was erased: nobody can train on it, or read it.
            if turn.user_text or turn.answer_a or turn.answer_b:
                turns.setdefault(battle, []).append(turn)
    return turns


def unpacked(styles: Iterable[bytes]) -> FloatArray:
    """Return (votes, len(STYLE_FEATURES)), the packed `VoteFeatures.style` of each vote; none may be empty."""
    return np.frombuffer(b"".join(styles), dtype=_PACKED).reshape(-1, len(STYLE_FEATURES)).astype(np.float64)


def features_of_texts(conversations: Sequence[Sequence[TurnTexts]]) -> list[VoteFeatures]:
    """Return the features of a vote on each of these conversations, which have a turn at least."""
    rules, styles = category_rules(), _styles(conversations)
    return [
        VoteFeatures(tuple(sorted(rules.categories_of([turn.user_text for turn in turns]))), style, _prompt(turns[0]))
        for turns, style in zip(conversations, styles, strict=True)
    ]


def _styles(conversations: Sequence[Sequence[TurnTexts]]) -> list[bytes]:
    """Return the packed differences of each; empty where no side has an answer."""
    a = ["\n\n".join(turn.answer_a for turn in turns) for turns in conversations]
    b = ["\n\n".join(turn.answer_b for turn in turns) for turns in conversations]
    differences = normalised_differences(style_counts(a), style_counts(b)).astype(_PACKED)
    return [row.tobytes() if any(sides) else b"" for *sides, row in zip(a, b, differences, strict=True)]


def _prompt(turn: TurnTexts) -> str:
    shared = fingerprint(turn.user_text)
    return sha256(shared.encode()).hexdigest() if shared else ""
