"""AlpacaEval's annotations.json: a number between 1 (the first output) and 2 (the second)."""

from typing import Any

from arena.formats.refusals import Unusable
from arena.formats.votes.base import Row, TurnTexts, VoteFormat, VoteRecord
from arena.formats.votes.fields import label, moment, pair, text, weight

_NEEDS = frozenset({"generator_1", "generator_2", "preference"})
_OTHERS = {"id", "annotator", "cast_at", "weight"}
_TEXTS = ("instruction", "output_1", "output_2")


def _read(row: Row) -> VoteRecord:
    a, b = pair(row, "generator_1", "generator_2")
    return VoteRecord(
        a,
        b,
        _choice(row["preference"]),
        id=label(row, "id"),
        judge=label(row, "annotator"),
        cast_at=moment(row, "cast_at"),
        weight=weight(row),
    )


def _read_texts(row: Row) -> tuple[TurnTexts, ...]:
    turn = TurnTexts(*(text(row.get(name)) for name in _TEXTS))
    return (turn,) if turn.user_text else ()


def _choice(preference: Any) -> str:
    """Return the side that the number is nearer to. Older files write a tie as 0."""
    try:
        value = float(preference)
    except (TypeError, ValueError):
        value = -1.0
    if value != 0 and not 1 <= value <= 2:
        raise Unusable(f"its preference is {preference!r:.60}, not between 1 and 2")
    if value in (0, 1.5):
        return "tie"
    return "model_a" if value < 1.5 else "model_b"


FORMAT = VoteFormat("alpaca-eval-annotations", _NEEDS, _NEEDS | _OTHERS, _read, frozenset(_TEXTS), _read_texts)
