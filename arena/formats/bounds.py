"""The bounds of what is read: a small packed file may hold much more than any memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from arena.formats.refusals import MalformedFile

#: Of one row: a longer line is a file without line ends.
MAX_ROW_CHARACTERS = 10_000_000


def bounded_lines(path: Path, text: TextIO) -> Iterator[tuple[int, str]]:
    """Yield the lines with their numbers from 1. Raises MalformedFile at one that is too long."""
    number = 0
    while line := text.readline(MAX_ROW_CHARACTERS + 1):
        number += 1
        if len(line) > MAX_ROW_CHARACTERS:
            raise MalformedFile(path, number, f"it has more than {MAX_ROW_CHARACTERS:,} characters: is a row a line?")
        yield number, line
