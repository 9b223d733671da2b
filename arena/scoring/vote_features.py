"""What the texts of a battle say of a vote on it: its categories, and how its answers differ in style."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from arena.formats.votes.base import TurnTexts
from arena.scoring.turn_texts import turn_texts
from arena.votes.policy import category_rules
from ratings.arrays import FloatArray
from ratings.style import STYLE_FEATURES, normalised_differences, style_counts

TEXTS_AT_ONCE = 500

_PACKED = np.dtype("<f4")


@dataclass(frozen=True)
class VoteFeatures:
    """categories: keys, sorted; style: packed differences, side A against side B. Both empty without texts."""

    categories: tuple[str, ...] = ()
    style: bytes = b""


def features_of(battles: Sequence[UUID]) -> dict[UUID, VoteFeatures]:
    """Of those that still have texts."""
    found: dict[UUID, VoteFeatures] = {}
    # A few at a time: conversations may be long.
    for start in range(0, len(battles), TEXTS_AT_ONCE):
        texts = turn_texts(battles[start : start + TEXTS_AT_ONCE])
        found |= {battle: _features(turns) for battle, turns in texts.items()}
    return found


def unpacked(styles: Iterable[bytes]) -> FloatArray:
    """(votes, len(STYLE_FEATURES)) what `VoteFeatures.style` of each vote holds; each must hold something."""
    return np.frombuffer(b"".join(styles), dtype=_PACKED).reshape(-1, len(STYLE_FEATURES)).astype(np.float64)


def _features(turns: Collection[TurnTexts]) -> VoteFeatures:
    categories = category_rules().categories_of([turn.user_text for turn in turns])
    sides = ("\n\n".join(turn.answer_a for turn in turns), "\n\n".join(turn.answer_b for turn in turns))
    if not any(sides):
        return VoteFeatures(tuple(sorted(categories)))
    a, b = style_counts(sides)
    difference = normalised_differences(a[np.newaxis], b[np.newaxis])
    return VoteFeatures(tuple(sorted(categories)), difference.astype(_PACKED).tobytes())
