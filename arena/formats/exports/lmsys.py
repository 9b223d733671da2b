"""The columns of LMSYS's 33k and LMArena's 140k sets, as far as this arena knows them, and the weight besides."""

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
from django.utils.translation import get_language_info

from arena.formats.exports.base import ExportFormat, Message, Row, has_code, messages, seconds
from arena.formats.votes.base import TurnTexts, VoteRecord
from arena.formats.votes.fields import SCORE
from ratings.style import STYLE_FEATURES, style_counts

_TEXT = pa.string()
_MESSAGES_33K = pa.list_(pa.struct({"content": _TEXT, "role": _TEXT}))
_PARTS = pa.list_(pa.struct({"type": _TEXT, "text": _TEXT, "image": _TEXT, "mimeType": _TEXT}))
_MESSAGE = pa.struct({"role": _TEXT, "content": _PARTS})
_EXCHANGE = pa.struct({"user": _MESSAGE, "model_side_a": _MESSAGE, "model_side_b": _MESSAGE})
_COUNTS = ("sum_assistant_a_tokens", "sum_assistant_b_tokens", "sum_user_tokens", "turns")
_MARKS = tuple(f"{mark}_count_{side}" for mark in ("header", "list", "bold") for side in ("a", "b"))

_VOTE = {
    "model_a": "Who answered on side A.",
    "model_b": "Who answered on side B.",
    "conversation_a": "The messages of side A.",
    "conversation_b": "The messages of side B.",
    "weight": "What the vote counts for on the board, 0 to 1. An addition to the format.",
    SCORE: "Points of side A, 0 to 1, where they lie between those of two choices. An addition to the format.",
}
_FIELDS_33K = {
    "question_id": "The battle, the same in every export.",
    **_VOTE,
    "winner": "`model_a`, `model_b`, `tie` or `tie (bothbad)`.",
    "judge": "A pseudonym, the same within this export only; empty: nobody knows who.",
    "turn": "How many messages the user wrote.",
    "anony": "Always true: nobody saw a name before the vote.",
    "language": "English name of the language of the first message, or `unknown`.",
    "tstamp": "When the vote was cast, in seconds since 1970.",
}
_FIELDS_140K = {
    "id": "The battle, the same in every export.",
    **_VOTE,
    "winner": "`model_a`, `model_b`, `tie` or `both_bad`.",
    "evaluation_session_id": "The voter's pseudonym, the same within this export only; empty: nobody knows who.",
    "evaluation_order": "Always 1: a battle has one vote.",
    "full_conversation": "The same messages side by side, turn by turn.",
    "conv_metadata": "Tokens (words and marks) and Markdown marks of both sides, counted as for style control.",
    "language": "Code of the language of the first message, or `und`.",
    "is_code": "Whether a message holds a fence of code.",
    "timestamp": "When the vote was cast. An addition to the format.",
}
_SCHEMA_33K = pa.schema(
    dict.fromkeys(_FIELDS_33K, _TEXT)
    | {"conversation_a": _MESSAGES_33K, "conversation_b": _MESSAGES_33K, "weight": pa.float64(), SCORE: pa.float64()}
    | {"turn": pa.int64(), "anony": pa.bool_(), "tstamp": pa.float64()}
)
_SCHEMA_140K = pa.schema(
    dict.fromkeys(_FIELDS_140K, _TEXT)
    | {"conversation_a": pa.list_(_MESSAGE), "conversation_b": pa.list_(_MESSAGE), "weight": pa.float64()}
    | {SCORE: pa.float64()}
    | {"evaluation_order": pa.int32(), "full_conversation": pa.list_(_EXCHANGE), "is_code": pa.bool_()}
    | {"conv_metadata": pa.struct({name: pa.int32() for name in (*_COUNTS, *_MARKS)})}
    | {"timestamp": pa.timestamp("us", tz="UTC")}
)


def _rows_33k(record: VoteRecord) -> Iterator[Row]:
    yield {
        "question_id": record.id,
        "model_a": record.model_a,
        "model_b": record.model_b,
        "winner": "tie (bothbad)" if record.choice == "both_bad" else record.choice,
        "judge": f"arena_user_{record.judge}" if record.judge else None,
        "conversation_a": messages(record, "a"),
        "conversation_b": messages(record, "b"),
        "turn": len(record.turns),
        "anony": True,
        "language": _name(record.language),
        "tstamp": seconds(record),
        "weight": record.weight,
        SCORE: record.score,
    }


def _rows_140k(record: VoteRecord) -> Iterator[Row]:
    yield {
        "id": record.id,
        "model_a": record.model_a,
        "model_b": record.model_b,
        "winner": record.choice,
        "evaluation_session_id": record.judge or None,
        "evaluation_order": 1,
        "conversation_a": [_in_parts(message) for message in messages(record, "a")],
        "conversation_b": [_in_parts(message) for message in messages(record, "b")],
        "full_conversation": [_exchange(turn) for turn in record.turns],
        "conv_metadata": _metadata(record.turns),
        "language": record.language or "und",
        "is_code": has_code(record),
        "timestamp": record.cast_at,
        "weight": record.weight,
        SCORE: record.score,
    }


def _in_parts(message: Message) -> Row:
    part = {"type": "text", "text": message["content"], "image": None, "mimeType": None}
    return {"role": message["role"], "content": [part]}


def _exchange(turn: TurnTexts) -> Row:
    return {
        "user": _in_parts({"role": "user", "content": turn.user_text}),
        "model_side_a": _in_parts({"role": "assistant", "content": turn.answer_a}),
        "model_side_b": _in_parts({"role": "assistant", "content": turn.answer_b}),
    }


def _metadata(turns: Sequence[TurnTexts]) -> dict[str, Any]:
    user = style_counts([turn.user_text for turn in turns]).sum(axis=0)
    a = style_counts([turn.answer_a for turn in turns]).sum(axis=0)
    b = style_counts([turn.answer_b for turn in turns]).sum(axis=0)
    place = {name: number for number, name in enumerate(STYLE_FEATURES)}
    length = place["length"]
    counts = dict(zip(_COUNTS, (int(a[length]), int(b[length]), int(user[length]), len(turns)), strict=True))
    marks = [int(side[place[name]]) for name in ("headers", "lists", "bold") for side in (a, b)]
    return counts | dict(zip(_MARKS, marks, strict=True))


def _name(code: str) -> str:
    try:
        return str(get_language_info(code)["name"]) if code else "unknown"
    except KeyError:
        return code


LMSYS_33K = ExportFormat("lmsys-33k", "parquet", _rows_33k, _FIELDS_33K, schema=_SCHEMA_33K)
LMSYS_140K = ExportFormat("lmsys-140k", "parquet", _rows_140k, _FIELDS_140K, schema=_SCHEMA_140K)
