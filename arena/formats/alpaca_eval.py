"""AlpacaEval's model_outputs.json: one model's answers to many instructions, plain or gzip.

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
from arena.formats.refusals import MalformedFile, Unusable

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


def read(path: Path) -> Iterator[RecordedRow]:
    """Yield the rows in the order of the file, all of one generator; an exact repetition comes once.

    Raises MalformedFile, maybe after many good rows: use none of them before the end is reached.
    """
    check = _WholeFile(path)
    number = 0
    for number, value in values(path):
        row = _row(path, number, value)
        if check.is_new(row):
            yield row
    if not number:
        raise MalformedFile(path, None, "it is an empty list")


class _WholeFile:
    """The conditions between the rows of a file. It keeps digests, not texts: a file may be large."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._generator: str | None = None
        self._seen: dict[bytes, tuple[int, bytes]] = {}

    def is_new(self, row: RecordedRow) -> bool:
        """Return whether the row repeats no earlier one. Raises MalformedFile where it contradicts one."""
        self._generator = self._generator or row.generator
        if row.generator != self._generator:
            reason = f"the generator is {row.generator!r}, but {self._generator!r} before"
            raise MalformedFile(self._path, row.row, reason)
        instruction, output = _digest(row.instruction), _digest(row.output)
        first_row, first_output = self._seen.setdefault(instruction, (row.row, output))
        if output != first_output:
            reason = f"the instruction of row {first_row} again, with another output"
            raise MalformedFile(self._path, row.row, reason)
        return first_row == row.row


def _digest(text: str) -> bytes:
    return sha256(text.encode()).digest()


def _row(path: Path, number: int, value: Any) -> RecordedRow:
    try:
        if not isinstance(value, dict):
            raise Unusable("it is not an object with keys")
        return RecordedRow(
            instruction=_filled_text(value, "instruction"),
            output=_text(value, "output"),
            generator=_filled_text(value, "generator", most=MAX_NAME),
            dataset="" if value.get("dataset") is None else _text(value, "dataset", most=MAX_DATASET),
            row=number,
        )
    except Unusable as reason:
        raise MalformedFile(path, number, str(reason)) from None


def _filled_text(value: Mapping[str, Any], key: str, *, most: int | None = None) -> str:
    text = _text(value, key, most=most)
    if not text.strip():
        raise Unusable(f"{key!r} is empty")
    return text


def _text(value: Mapping[str, Any], key: str, *, most: int | None = None) -> str:
    if key not in value:
        raise Unusable(f"{key!r} is missing")
    text = value[key]
    if not isinstance(text, str):
        raise Unusable(f"{key!r} is not text")
    if "\0" in text:
        raise Unusable(f"{key!r} holds a null character")
    if _LONE_SURROGATE.search(text):
        raise Unusable(f"{key!r} holds half a character (a lone surrogate)")
    if most is not None and len(text) > most:
        raise Unusable(f"{key!r} is longer than {most} characters")
    return text
