"""Kaggle's human preference data (55k): three columns of 0 and 1 for the winner, texts as JSON lists of turns."""

from typing import Any

from arena.formats.refusals import Unusable
from arena.formats.votes.base import Row, TurnTexts, VoteFormat, VoteRecord
from arena.formats.votes.fields import label, nested, pair, text

_WINNERS = {"winner_model_a": "model_a", "winner_model_b": "model_b", "winner_tie": "tie"}
_TEXTS = ("prompt", "response_a", "response_b")
_NEEDS = frozenset({"model_a", "model_b", *_WINNERS})


def _read(row: Row) -> VoteRecord:
    a, b = pair(row)
    return VoteRecord(a, b, _choice(row), id=label(row, "id"))


def _choice(row: Row) -> str:
    winners = [choice for name, choice in _WINNERS.items() if str(row.get(name)).strip() in ("1", "1.0", "True")]
    if len(winners) != 1:
        raise Unusable(f"{len(winners)} of its three columns of winners are 1")
    return winners[0]


def _read_texts(row: Row) -> tuple[TurnTexts, ...]:
    """Return a turn for each text of the three lists; if they are no lists of texts, plain texts are one turn."""
    cells = [row.get(name) or None for name in _TEXTS]
    if not any(cells):
        return ()
    lists = [_messages(cell) for cell in cells if cell]
    if None in lists:
        return (TurnTexts(*map(text, cells)),)
    length = min(len(messages or ()) for messages in lists)
    sides = ((_messages(cell) if cell else None) or [None] * length for cell in cells)
    return tuple(TurnTexts(*map(text, texts)) for texts in zip(*sides, strict=False))


def _messages(cell: Any) -> list[Any] | None:
    """Return one text a turn, None for an answer without text; None where the cell is no list of texts."""
    try:
        messages = nested(cell)
    except Unusable:
        return None
    is_list = isinstance(messages, list) and all(isinstance(each, str | None) for each in messages)
    return messages if is_list else None


FORMAT = VoteFormat("kaggle-55k", _NEEDS, _NEEDS | {"id"}, _read, frozenset(_TEXTS), _read_texts)
