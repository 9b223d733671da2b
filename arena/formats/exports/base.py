"""The shape of an export: rows of a format, and the kind of file that holds them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa

from arena.formats.votes.base import VoteRecord

Row = dict[str, Any]
Kind = Literal["parquet", "csv", "json", "jsonl"]


@dataclass(frozen=True)
class ExportFormat:
    """One format in which votes are exported.

    rows: what one vote becomes, nothing where the format cannot carry it; fields: what each column says, in order;
    skipped: in words, which votes it cannot carry; schema: of Parquet only.
    """

    name: str
    kind: Kind
    rows: Callable[[VoteRecord], Iterable[Row]]
    fields: Mapping[str, str]
    skipped: str = ""
    schema: pa.Schema | None = None

    @property
    def file_name(self) -> str:
        return f"votes.{self.kind}"


Message = dict[str, str]


def messages(record: VoteRecord, side: Literal["a", "b"]) -> list[Message]:
    """Return the conversation of one side, as role and content."""
    conversation = []
    for turn in record.turns:
        answer = turn.answer_a if side == "a" else turn.answer_b
        conversation += [{"role": "user", "content": turn.user_text}, {"role": "assistant", "content": answer}]
    return conversation


def has_code(record: VoteRecord) -> bool:
    """Return whether a fence of code stands in any message."""
    return any("```" in text for turn in record.turns for text in (turn.user_text, turn.answer_a, turn.answer_b))


def seconds(record: VoteRecord) -> float | None:
    """Return when the vote was cast, in seconds since 1970."""
    return record.cast_at.timestamp() if record.cast_at else None
