"""Votes in plain columns: model_a, model_b, winner, and optionally an id, a judge, a time and the texts.

AutoArena's head-to-head table is one of them.
"""

from arena.formats.votes.base import Row, TurnTexts, VoteFormat, VoteRecord
from arena.formats.votes.conversations import conversations
from arena.formats.votes.fields import SCORE, choice, label, moment, pair, score, text, weight

_NEEDS = frozenset({"model_a", "model_b", "winner"})
_OTHERS = {"id", "question_id", "judge", "voter", "cast_at", "tstamp", "timestamp", "weight", SCORE}
_TEXTS = frozenset({"prompt", "response_a", "response_b", "conversation_a", "conversation_b"})


def _read(row: Row) -> VoteRecord:
    a, b = pair(row)
    chosen = choice(row.get("winner"), (a, b))
    return VoteRecord(
        a,
        b,
        chosen,
        score=score(row, chosen),
        id=label(row, "id", "question_id"),
        judge=label(row, "judge", "voter"),
        cast_at=moment(row, "cast_at", "tstamp", "timestamp"),
        weight=weight(row),
    )


def _read_texts(row: Row) -> tuple[TurnTexts, ...]:
    if row.get("conversation_a") and row.get("conversation_b"):
        return conversations(row)
    if row.get("response_a") is None or row.get("response_b") is None:
        return ()
    return (TurnTexts(text(row.get("prompt")), text(row["response_a"]), text(row["response_b"])),)


_HEAD_TO_HEAD = _NEEDS | {"prompt", "response_a", "response_b", "judge"}

AUTOARENA = VoteFormat("autoarena", _HEAD_TO_HEAD, _NEEDS | _OTHERS, _read, _TEXTS, _read_texts)
FORMAT = VoteFormat("csv", _NEEDS, _NEEDS | _OTHERS, _read, _TEXTS, _read_texts)
