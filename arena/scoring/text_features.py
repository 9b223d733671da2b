"""What the texts of a battle say of its vote: its categories, and how the answers differ in style.

It needs no database, so that a process beside may find it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module

import numpy as np

from arena.categories.fingerprint import fingerprint
from arena.formats.votes.base import TurnTexts
from ratings.style import normalised_differences, style_counts

#: How differences of style are packed.
PACKED = np.dtype("<f4")


@dataclass(frozen=True, slots=True)
class VoteFeatures:
    """The features of one vote, all empty without texts.

    categories: keys, sorted; style: packed differences of side A against side B; prompt: the SHA-256 of what the first
    prompt shares with those that differ in its spelling only.
    """

    categories: tuple[str, ...] = ()
    style: bytes = b""
    prompt: str = ""


def features_of_texts(conversations: Sequence[Sequence[TurnTexts]], *, rules: str) -> list[VoteFeatures]:
    """Return the features of a vote on each of these conversations, which have a turn at least.

    rules: the name of the module of categories.
    """
    categories_of, styles = import_module(rules).categories_of, _styles(conversations)
    return [
        VoteFeatures(tuple(sorted(categories_of([turn.user_text for turn in turns]))), style, _prompt(turns[0]))
        for turns, style in zip(conversations, styles, strict=True)
    ]


def with_texts(turns: Collection[TurnTexts]) -> list[TurnTexts]:
    """Return the turns that have a text: without any it was erased, and nobody can train on it, or read it."""
    return [turn for turn in turns if turn.user_text or turn.answer_a or turn.answer_b]


def _styles(conversations: Sequence[Sequence[TurnTexts]]) -> list[bytes]:
    """Return the packed differences of each; empty where no side has an answer."""
    a = ["\n\n".join(turn.answer_a for turn in turns) for turns in conversations]
    b = ["\n\n".join(turn.answer_b for turn in turns) for turns in conversations]
    differences = normalised_differences(style_counts(a), style_counts(b)).astype(PACKED)
    return [row.tobytes() if any(sides) else b"" for *sides, row in zip(a, b, differences, strict=True)]


def _prompt(turn: TurnTexts) -> str:
    shared = fingerprint(turn.user_text)
    return sha256(shared.encode()).hexdigest() if shared else ""
