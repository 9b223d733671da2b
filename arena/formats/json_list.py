"""Files that are one JSON list, within the bounds of what is read here."""

import gzip
from collections.abc import Iterator
from io import BufferedIOBase
from pathlib import Path
from typing import Any

from arena.formats.refusals import MalformedFile, as_malformed
from ratings import json_list

MAX_FILE_BYTES = 200_000_000
MAX_VALUE_CHARACTERS = 1_000_000


def values(path: Path, *, is_limited: bool = True) -> Iterator[tuple[int, Any]]:
    """Yield the values of the list with their numbers, from 1. A file whose name ends in .gz is unpacked.

    is_limited: refuse a file of more than MAX_FILE_BYTES, for those who keep what they read.
    Raises MalformedFile as soon as something is wrong, which may be after many values.
    """
    most = MAX_FILE_BYTES if is_limited else None
    with as_malformed(path), _open(path) as unpacked:
        try:
            yield from json_list.values(unpacked, max_value_characters=MAX_VALUE_CHARACTERS, max_bytes=most)
        except json_list.BadList as error:
            raise MalformedFile(path, error.row, error.reason) from None


def _open(path: Path) -> BufferedIOBase:
    return gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb")
