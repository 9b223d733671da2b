"""Files of prompts: JSON lines, a JSON list, a table, or plain text with a prompt a line; all but Parquet also .gz.

They are read row by row. A row that cannot be used comes with its reason, and the others follow.
"""

import gzip
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

from arena.formats.bounds import bounded_lines
from arena.formats.prompt_shapes import NAMES, PLAIN, SHAPES, PromptShape, mapped, topic
from arena.formats.refusals import MalformedFile, RefusedRow, Unusable, as_malformed
from arena.formats.tables import TABLES, Table, kind_of

MAX_PROMPT_CHARACTERS = 12_000
#: What AlpacaEval's rows call the sets that it is made of.
ALPACA_EVALS_PARTS = ("helpful_base", "koala", "oasst", "selfinstruct", "vicuna")
_UNREADABLE = re.compile("[\x00\ufffd\ud800-\udfff]")
_KNOWN = Path(__file__).with_name("known_prompts.txt")


@dataclass(frozen=True, slots=True)
class PromptRow:
    """A prompt of a file. row counts from 1; topic: the file's own word for it, or empty.

    is_of_its_set: whether the public set of this format has this very prompt.
    """

    text: str
    topic: str
    row: int
    is_of_its_set: bool


def read(
    path: Path, format: str | None = None, *, columns: Mapping[str, str] | None = None
) -> tuple[str, Iterator[PromptRow | RefusedRow]]:
    """Return the format's name and the rows. The format is found by the first row unless it is given.

    columns: those of "prompt", and "input" and "topic" where there are any, in place of a format.
    Raises MalformedFile, also while the rows are read.
    """
    rows = iter(_lines(path)) if format == PLAIN.name else _rows(path)
    first = next(rows, None)
    if first is None:
        raise MalformedFile(path, None, "it is empty")
    about = {name: column for name, column in (columns or {}).items() if name != "topic"}
    shape = mapped(about) if about else _shape(path, first, format)
    key = (columns or {}).get("topic")
    return shape.name, (_read_row(shape, number, value, key) for number, value in chain([first], rows))


def _shape(path: Path, first: tuple[int, Any], wanted: str | None) -> PromptShape:
    number, value = first
    if wanted == PLAIN.name or (wanted is None and isinstance(value, str)):
        return PLAIN
    keys = frozenset(value) if isinstance(value, dict) else frozenset()
    named = [shape for shape in SHAPES if wanted in (None, shape.name)]
    fitting = [shape for shape in named if shape.fits(keys)] or (named if wanted else [])
    if not fitting:
        there = f"it has {', '.join(map(repr, sorted(keys)[:20]))}" if keys else "it is not an object with keys"
        todo = '--mapping "prompt=COLUMN" says which column has the prompts'
        raise MalformedFile(path, number, f"its shape is none of {', '.join(NAMES)}: {there}. {todo}")
    is_vicuna = fitting[0].name == "mt-bench" and len(fitting) > 1 and "vicuna" in path.name
    return fitting[1] if is_vicuna else fitting[0]


def _rows(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield the rows of a table or of JSON, or else the lines as they are."""
    kind = kind_of(path)
    opening = "" if kind in TABLES else next((line[:1] for _, line in _lines(path)), "")
    if kind in TABLES or opening in ("[", "{"):
        table = Table(path, opening=opening)
        yield from ((number, None if isinstance(row, str) else row) for number, row in table.rows(table.names))
    else:
        yield from _lines(path)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not empty, with their numbers from 1."""
    with as_malformed(path), _opened(path) as text:
        for number, line in bounded_lines(path, text):
            if line.strip():
                yield number, line.strip()


def _opened(path: Path) -> TextIO:
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig")
    return path.open(encoding="utf-8-sig")


def _read_row(shape: PromptShape, number: int, value: Any, topic_key: str | None) -> PromptRow | RefusedRow:
    try:
        if isinstance(value, dict) and str(value.get("toxic")).casefold() == "true":
            raise Unusable("its makers call it toxic")
        text = _usable(shape.read(value))
        about = topic({"topic": value.get(topic_key)} if topic_key else value)
        return PromptRow(text, about, number, _is_of(shape.name, text, value))
    except Unusable as reason:
        return RefusedRow(number, str(reason))
    except (KeyError, IndexError, TypeError, AttributeError, StopIteration):
        return RefusedRow(number, "it has not the shape of the others")


def is_alpaca_evals(prompt: str, dataset: object) -> bool:
    """Tell whether a row is AlpacaEval's: it names a part of that set, or else none and is a prompt of it."""
    return dataset in ALPACA_EVALS_PARTS if dataset else _digest(prompt.strip()) in _known("alpaca-eval")


def _is_of(shape: str, text: str, value: Any) -> bool:
    if shape == "alpaca-eval":
        return is_alpaca_evals(text, value.get("dataset"))
    return _digest(text) in _known(shape)


def _usable(text: str) -> str:
    if not text.strip():
        raise Unusable("its prompt is empty")
    if _UNREADABLE.search(text):
        raise Unusable("its prompt holds characters that cannot be read")
    if len(text) > MAX_PROMPT_CHARACTERS:
        raise Unusable(f"its prompt has more than {MAX_PROMPT_CHARACTERS:,} characters")
    return text.strip()


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12]


@cache
def _known(name: str) -> frozenset[str]:
    """Return the digests of the prompts that the set of this format has."""
    parts = _KNOWN.read_text(encoding="utf-8").split("[")[1:]
    sets = {part.partition("]")[0]: part.partition("]")[2].split() for part in parts}
    return frozenset(sets.get(name, ()))
