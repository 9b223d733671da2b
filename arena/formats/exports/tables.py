"""The arena's own plain columns, as CSV and as Parquet; reading either gives the same votes again."""

import json
from collections.abc import Iterator

import pyarrow as pa

from arena.formats.exports.base import ExportFormat, Row, messages
from arena.formats.votes.base import VoteRecord
from arena.formats.votes.fields import SCORE

_FIELDS = {
    "id": "The battle, the same in every export.",
    "model_a": "Who answered on side A.",
    "model_b": "Who answered on side B.",
    "winner": "`model_a`, `model_b`, `tie` or `both_bad`.",
    "voter": "A pseudonym, the same within this export only; empty: nobody knows who.",
    "cast_at": "When the vote was cast, ISO 8601.",
    "weight": "What the vote counts for on the board, 0 to 1.",
    SCORE: "Points of side A, 0 to 1, where they lie between those of two choices; else empty.",
    "turns": "How many messages the user wrote.",
    "language": "Code of the language of the first message; empty where nobody can tell.",
    "conversation_a": "JSON: a list of `{role, content}`.",
    "conversation_b": "The same for side B.",
}
_SCHEMA = pa.schema(
    {name: pa.string() for name in _FIELDS}
    | {"cast_at": pa.timestamp("us", tz="UTC"), "weight": pa.float64(), SCORE: pa.float64(), "turns": pa.int32()}
)


def _row(record: VoteRecord) -> Row:
    conversations = (json.dumps(messages(record, side), ensure_ascii=False) for side in ("a", "b"))
    return {
        "id": record.id,
        "model_a": record.model_a,
        "model_b": record.model_b,
        "winner": record.choice,
        "voter": record.judge,
        "cast_at": record.cast_at,
        "weight": record.weight,
        SCORE: record.score,
        "turns": len(record.turns),
        "language": record.language,
        **dict(zip(("conversation_a", "conversation_b"), conversations if record.turns else ("", ""), strict=True)),
    }


def _parquet_rows(record: VoteRecord) -> Iterator[Row]:
    yield _row(record)


def _csv_rows(record: VoteRecord) -> Iterator[Row]:
    # Not through arena.formats.cells: another arena must read exactly these names and texts.
    row = _row(record)
    # repr: the shortest digits that give the same number again.
    numbers = {"weight": repr(record.weight), SCORE: "" if record.score is None else repr(record.score)}
    yield row | {"cast_at": record.cast_at.isoformat() if record.cast_at else "", **numbers}


CSV = ExportFormat("csv", "csv", _csv_rows, _FIELDS)
PARQUET = ExportFormat("parquet", "parquet", _parquet_rows, _FIELDS, schema=_SCHEMA)
