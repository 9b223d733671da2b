"""AlpacaEval's model_outputs.json: answers to many instructions, mostly of one model, plain or gzip.

A list of {"instruction": ..., "output": ..., "generator": ..., "dataset": ...}; other keys are passed over.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from arena.formats.cells import MAX_NAME
from arena.formats.json_list import values
from arena.formats.refusals import MalformedFile, RefusedRow, Unusable

__all__ = ["MalformedFile", "RecordedRow", "read"]

MAX_DATASET = 60

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class RecordedRow:
    """One answer of a model. output may be empty; generator is the model's name; row counts from 1."""

    instruction: str
    output: str
    generator: str
    dataset: str
    row: int


def read(path: Path) -> Iterator[RecordedRow | RefusedRow]:
    """Yield the rows in the order of the file; an exact repetition comes once, and a row with a null as the reason.

    Raises MalformedFile, maybe after many good rows: use none of them before the end is reached.
    """
    check = WholeFile(path)
    number = 0
    for number, value in values(path):
        row = _row(path, number, value)
        if isinstance(row, RefusedRow) or check.is_new(row):
            yield row
    if not number:
        raise MalformedFile(path, None, "it is an empty list")


class WholeFile:
    """The condition between the rows of a file: one answer of a model to a prompt. It keeps digests, not texts."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: dict[bytes, tuple[int, bytes]] = {}

    def is_new(self, row: RecordedRow) -> bool:
        """Return whether the row repeats no earlier one. Raises MalformedFile where it contradicts one."""
        instruction, output = _digest(f"{row.generator}\n{row.instruction}"), _digest(row.output)
        first_row, first_output = self._seen.setdefault(instruction, (row.row, output))
        if output != first_output:
            reason = f"the instruction of row {first_row} again, with another output"
            raise MalformedFile(self._path, row.row, reason)
        return first_row == row.row


def _digest(text: str) -> bytes:
    return sha256(text.encode()).digest()


def _row(path: Path, number: int, value: Any) -> RecordedRow | RefusedRow:
    try:
        if not isinstance(value, dict):
            raise Unusable("it is not an object with keys")
        if null := next((key for key in ("instruction", "output", "generator") if value.get(key, "") is None), None):
            return RefusedRow(number, f"{null!r} is null")
        return RecordedRow(
            instruction=filled_text(value, "instruction"),
            output=text(value, "output"),
            generator=filled_text(value, "generator", most=MAX_NAME),
            dataset="" if value.get("dataset") is None else text(value, "dataset", most=MAX_DATASET),
            row=number,
        )
    except Unusable as reason:
        raise MalformedFile(path, number, str(reason)) from None


def filled_text(value: Mapping[str, Any], key: str, *, most: int | None = None) -> str:
    """Return the text under the key if it says something. Raises Unusable."""
    found = text(value, key, most=most)
    if not found.strip():
        raise Unusable(f"{key!r} is empty")
    return found


def text(value: Mapping[str, Any], key: str, *, most: int | None = None) -> str:
    """Return the text under the key if it can be stored. Raises Unusable."""
    if key not in value:
        raise Unusable(f"{key!r} is missing")
    found = value[key]
    if not isinstance(found, str):
        raise Unusable(f"{key!r} is {'null' if found is None else 'not text'}")
    if "\0" in found:
        raise Unusable(f"{key!r} holds a null character")
    if _LONE_SURROGATE.search(found):
        raise Unusable(f"{key!r} holds half a character (a lone surrogate)")
    if most is not None and len(found) > most:
        raise Unusable(f"{key!r} is longer than {most} characters")
    return found
