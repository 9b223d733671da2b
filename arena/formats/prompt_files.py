"""Prompts in the files of the field: MT-bench, Vicuna-bench, self-instruct, AlpacaEval, ShareGPT, plain text; also .gz.

They are read row by row. A row that cannot be used comes with its reason, and the others follow.
"""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Literal, TextIO

from arena.formats.json_list import values
from arena.formats.refusals import MalformedFile, RefusedRow, Unusable, as_malformed

Format = Literal["mt-bench", "vicuna-bench", "self-instruct", "alpaca-eval", "sharegpt", "plain"]
MAX_LINE_CHARACTERS = 1_000_000
MAX_PROMPT_CHARACTERS = 12_000
#: A key that only rows of one format have; self-instruct's have "instruction" too, so the order matters.
SHAPES: dict[str, Format] = {"instances": "self-instruct", "conversations": "sharegpt", "instruction": "alpaca-eval"}
_UNREADABLE = re.compile("[\x00\ufffd\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class PromptRow:
    """A prompt of a file. row counts from 1; topic: the file's own word for it, or empty."""

    text: str
    topic: str
    row: int


def read(path: Path, format: Format | None = None) -> tuple[Format, Iterator[PromptRow | RefusedRow]]:
    """Return the format and the rows. The format is found by the first row unless it is given.

    Raises MalformedFile, also while the rows are read.
    """
    rows = _rows(path) if format != "plain" else _lines(path)
    first = next(rows, None)
    if first is None:
        raise MalformedFile(path, None, "it is empty")
    known = format or _format_of(path, first[1])
    return known, (_read_row(READERS[known], number, value) for number, value in chain([first], rows))


def _format_of(path: Path, value: Any) -> Format:
    if isinstance(value, str):
        return "plain"
    keys = set(value) if isinstance(value, dict) else set()
    if {"turns", "category"} <= keys:
        return "vicuna-bench" if "vicuna" in path.name else "mt-bench"
    for key, format in SHAPES.items():
        if key in keys:
            return format
    raise MalformedFile(path, 1, f"its shape is none of {', '.join(READERS)}: say which with --format")


def _rows(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield the values of a JSON list or of JSON lines, or else the lines as they are."""
    opening = next((line.lstrip(" \t")[:1] for _, line in _lines(path)), "")
    if opening == "[":
        yield from values(path)
    elif opening == "{":
        for number, line in _lines(path):
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError):
                yield number, None
    else:
        yield from _lines(path)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not empty, with their numbers from 1."""
    with as_malformed(path), _opened(path) as text:
        number = 0
        while line := text.readline(MAX_LINE_CHARACTERS):
            number += 1
            if line.strip():
                yield number, line.strip()


def _opened(path: Path) -> TextIO:
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig")
    return path.open(encoding="utf-8-sig")


def _read_row(reader: Callable[[Any], tuple[str, str]], number: int, value: Any) -> PromptRow | RefusedRow:
    try:
        text, topic = reader(value)
        return PromptRow(_usable(text), topic, number)
    except Unusable as reason:
        return RefusedRow(number, str(reason))
    except (KeyError, IndexError, TypeError, AttributeError):
        return RefusedRow(number, "it has not the shape of the others")


def _usable(text: str) -> str:
    if not isinstance(text, str) or not text.strip():
        raise Unusable("its prompt is empty")
    if _UNREADABLE.search(text):
        raise Unusable("its prompt holds characters that cannot be read")
    if len(text) > MAX_PROMPT_CHARACTERS:
        raise Unusable(f"its prompt has more than {MAX_PROMPT_CHARACTERS:,} characters")
    return text.strip()


def _bench(value: Any) -> tuple[str, str]:
    return value["turns"][0], str(value.get("category", ""))


def _self_instruct(value: Any) -> tuple[str, str]:
    instance_input = value["instances"][0]["input"]
    return f"{value['instruction']}\n\n{instance_input}" if instance_input else value["instruction"], ""


def _alpaca_eval(value: Any) -> tuple[str, str]:
    return value["instruction"], ""


def _sharegpt(value: Any) -> tuple[str, str]:
    messages = (turn["value"] for turn in value["conversations"] if turn["from"] in ("human", "user"))
    first = next(messages, None)
    if first is None:
        raise Unusable("nobody asks anything in it")
    return first, ""


def _plain(value: Any) -> tuple[str, str]:
    return value, ""


READERS: dict[Format, Callable[[Any], tuple[str, str]]] = {
    "mt-bench": _bench,
    "vicuna-bench": _bench,
    "self-instruct": _self_instruct,
    "alpaca-eval": _alpaca_eval,
    "sharegpt": _sharegpt,
    "plain": _plain,
}
