"""Kaggle's human preference data (55k): three columns of 0 and 1 for the winner, texts as JSON lists of turns."""

from collections.abc import Iterator
from typing import Any

from arena.formats.refusals import Unusable
from arena.formats.votes.base import Row, TurnTexts, VoteFormat, VoteRecord
from arena.formats.votes.fields import label, nested, pair, text

_WINNERS = {"winner_model_a": "model_a", "winner_model_b": "model_b", "winner_tie": "tie"}
_TEXTS = ("prompt", "response_a", "response_b")
_NEEDS = frozenset({"model_a", "model_b", *_WINNERS})


def _read(row: Row) -> VoteRecord:
    a, b = pair(row)
    sides = zip(*(_messages(row.get(name)) for name in _TEXTS), strict=False)
    turns = tuple(TurnTexts(*texts) for texts in sides)
    return VoteRecord(a, b, _choice(row), id=label(row, "id"), turns=turns)


def _choice(row: Row) -> str:
    winners = [choice for name, choice in _WINNERS.items() if str(row.get(name)).strip() in ("1", "1.0", "True")]
    if len(winners) != 1:
        raise Unusable(f"{len(winners)} of its three columns of winners are 1")
    return winners[0]


def _messages(value: Any) -> Iterator[str]:
    """Return one text a turn; a null is an answer without text."""
    messages = nested(value) or []
    return (text(message) for message in (messages if isinstance(messages, list) else [messages]))


FORMAT = VoteFormat("kaggle-55k", _NEEDS, _NEEDS | {"id", *_TEXTS}, _read)
