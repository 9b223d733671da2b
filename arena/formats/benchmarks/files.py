"""Files with rows of models: tables of all kinds, a Markdown table, and one JSON object."""

import gzip
import json
import re
import zlib
from collections.abc import Collection, Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

from arena.formats.benchmarks.base import Row, Rows
from arena.formats.benchmarks.objects import rows_of
from arena.formats.json_list import MAX_FILE_BYTES
from arena.formats.refusals import MalformedFile
from arena.formats.tables import Table

_CELLS = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"[\s|:-]*-[\s|:-]*")
_LINK = re.compile(r"!?\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?:[^()]|\([^()]*\))*\)")


def opened(path: Path) -> Rows:
    """Return the rows of the file, of whatever kind it is. Raises MalformedFile where nothing in it can be read."""
    kind = "".join(path.suffixes[-2:]).lower().removesuffix(".gz")
    if kind.endswith((".md", ".markdown")):
        return _Listed(path, *_markdown(_text(path)))
    if kind.endswith(".json") and (value := _one_object(path)) is not None:
        if (found := rows_of(value)) is None:
            raise MalformedFile(path, None, "it is one JSON object, not a list of rows, and not of scores by model")
        return _Listed(path, *found)
    return _Columns(path)


class _Columns:
    """A Parquet, CSV or JSON table whose columns are named without the space around them."""

    def __init__(self, path: Path) -> None:
        self._table = Table(path)
        self.names = frozenset(name.strip() for name in self._table.names)

    @property
    def share(self) -> float:
        return self._table.share

    def numbered(self) -> Iterator[tuple[int, Row | str]]:
        for number, row in self._table.rows(self._table.names):
            yield number, row if isinstance(row, str) else {name.strip(): value for name, value in row.items()}


class _Listed:
    """The rows of a file that is read as a whole."""

    def __init__(self, path: Path, names: Collection[str], rows: Iterator[Row | str]) -> None:
        if not names:
            raise MalformedFile(path, None, "it holds no table of models")
        self.names, self.share, self._rows = frozenset(names), 1.0, rows

    def numbered(self) -> Iterator[tuple[int, Row | str]]:
        return enumerate(self._rows, start=1)


def _markdown(text: str) -> tuple[list[str], Iterator[Row | str]]:
    """Return the names and rows of the first table.

    A table is a line of names, a rule, then lines with bars until one has none.
    """
    lines = [line.strip() for line in text.splitlines()]
    rule = next((at for at in range(1, len(lines)) if "|" in lines[at - 1] and _is_rule(lines[at])), None)
    if rule is None:
        return [], iter(())
    header = _cells(lines[rule - 1])
    return header, (_row(header, _cells(line)) for line in takewhile(lambda line: "|" in line, lines[rule + 1 :]))


def _row(header: list[str], cells: list[str]) -> Row | str:
    if len(cells) != len(header):
        return f"it has {len(cells)} columns where the first line names {len(header)}"
    return dict(zip(header, cells, strict=True))


def _is_rule(line: str) -> bool:
    return "|" in line and _RULE.fullmatch(line) is not None


def _cells(line: str) -> list[str]:
    """Return the cells of a line without the bars at either end; of a link only its words."""
    inner = line.removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [_LINK.sub(r"\1", cell).replace("\\|", "|").strip() for cell in _CELLS.split(inner)]


def _one_object(path: Path) -> dict[str, Any] | None:
    """Return the one object that the file holds, or None where it holds something else."""
    text = _text(path)
    try:
        value = json.loads(text) if text.lstrip()[:1] == "{" else None
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _text(path: Path) -> str:
    try:
        with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise MalformedFile(path, None, f"it cannot be read: {error}") from None
    if len(content) > MAX_FILE_BYTES:
        raise MalformedFile(path, None, f"it holds more than {MAX_FILE_BYTES // 1_000_000} MB")
    return content.decode("utf-8-sig", errors="replace")
