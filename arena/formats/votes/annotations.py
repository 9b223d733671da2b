"""AlpacaEval's annotations.json: a number between 1 (the first output) and 2 (the second).

A weighted annotator's numbers lie between: they stay fractions, so that a model's points are its win rate.
"""

from typing import Any

from arena.formats.refusals import Unusable
from arena.formats.votes.base import Row, TurnTexts, VoteFormat, VoteRecord
from arena.formats.votes.fields import SCORE, label, moment, nearest, pair, score, text, weight

_NEEDS = frozenset({"generator_1", "generator_2", "preference"})
_OTHERS = {"id", "annotator", "cast_at", "weight", SCORE}
_TEXTS = ("instruction", "output_1", "output_2")


def _read(row: Row) -> VoteRecord:
    a, b = pair(row, "generator_1", "generator_2")
    points = _points(row["preference"])
    chosen = nearest(points)
    exact = row if row.get(SCORE) not in (None, "") else {SCORE: points}
    return VoteRecord(
        a,
        b,
        chosen,
        score=score(exact, chosen),
        id=label(row, "id"),
        judge=label(row, "annotator"),
        cast_at=moment(row, "cast_at"),
        weight=weight(row),
    )


def _read_texts(row: Row) -> tuple[TurnTexts, ...]:
    turn = TurnTexts(*(text(row.get(name)) for name in _TEXTS))
    return (turn,) if turn.user_text else ()


def _points(preference: Any) -> float:
    """Return the points of the first output in [0, 1]. Older files write a tie as 0."""
    try:
        value = float(preference)
    except (TypeError, ValueError):
        value = -1.0
    if value != 0 and not 1 <= value <= 2:
        raise Unusable(f"its preference is {preference!r:.60}, not between 1 and 2")
    return 2 - (value or 1.5)


FORMAT = VoteFormat("alpaca-eval-annotations", _NEEDS, _NEEDS | _OTHERS, _read, frozenset(_TEXTS), _read_texts)
