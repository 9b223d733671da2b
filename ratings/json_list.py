"""Files that are one JSON list, read value by value, so that little of a long list is in memory at once."""

import codecs
import json
import re
from collections.abc import Iterator
from io import BufferedIOBase
from itertools import count
from typing import Any

from ratings.errors import RatingsError

#: So much is read at a time.
CHUNK_BYTES = 64 * 1024

_WHITE_SPACE = re.compile(r"[ \t\r\n]*")


class BadList(RatingsError):
    """A file that is no JSON list. row: of the value at fault, from 1; None where it is the whole."""

    def __init__(self, row: int | None, reason: str) -> None:
        super().__init__(reason if row is None else f"row {row}: {reason}")
        self.row, self.reason = row, reason


def values(
    unpacked: BufferedIOBase, *, max_value_characters: int, max_bytes: int | None = None
) -> Iterator[tuple[int, Any]]:
    """Yield the values of the list with their numbers, from 1.

    Raises BadList as soon as something is wrong, maybe after many values; UnicodeDecodeError where it is no text.
    """
    yield from _List(unpacked, max_value_characters, max_bytes).values()


class _List:
    def __init__(self, unpacked: BufferedIOBase, max_value_characters: int, max_bytes: int | None) -> None:
        self._unpacked, self._max_value, self._max_bytes = unpacked, max_value_characters, max_bytes
        self._to_text = codecs.getincrementaldecoder("utf-8-sig")()
        self._to_value = json.JSONDecoder().raw_decode
        self._text, self._at, self._bytes_read = "", 0, 0
        self._row: int | None = None

    def values(self) -> Iterator[tuple[int, Any]]:
        if (opening := self._take()) != "[":
            raise self._refusal(_why_no_list(opening))
        if self._peek() == "]":
            self._take()
        else:
            yield from self._items()
        self._row = None
        if self._peek():
            raise self._refusal("it is not JSON: there is more after the end of the list")

    def _items(self) -> Iterator[tuple[int, Any]]:
        for number in count(1):
            self._row = number
            yield number, self._value()
            after = self._take()
            if after == "]":
                return
            if after != ",":
                why = "no comma follows" if after else "the list has no end"
                raise self._refusal(f"it is not JSON: {why}")

    def _value(self) -> Any:
        self._peek()
        while True:
            try:
                value, end = self._to_value(self._text, self._at)
                break
            except json.JSONDecodeError as error:
                self._refuse_longer_than_allowed(len(self._text))
                if not (self._is_cut_short(error) and self._read_on()):
                    raise self._refusal(f"it is not JSON: {error.msg}") from None
            except (ValueError, RecursionError):
                raise self._refusal("it is nested too deeply or holds too long a number") from None
        self._refuse_longer_than_allowed(end)
        self._at = end
        return value

    def _refuse_longer_than_allowed(self, end: int) -> None:
        if end - self._at > self._max_value:
            raise self._refusal(f"it is longer than {self._max_value:,} characters")

    def _is_cut_short(self, error: json.JSONDecodeError) -> bool:
        """Return whether more text may mend it: an open string, or a fault within the last token, such as "tru"."""
        return error.msg.startswith("Unterminated") or error.pos > len(self._text) - 12

    def _take(self) -> str:
        character = self._peek()
        self._at += len(character)
        return character

    def _peek(self) -> str:
        """Return the next character that is not white space, or an empty string at the end."""
        while True:
            space = _WHITE_SPACE.match(self._text, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read_on():
                return ""

    def _read_on(self) -> bool:
        """Append the next chunk and forget what was used; return False at the end of the file."""
        chunk = self._unpacked.read(CHUNK_BYTES)
        self._bytes_read += len(chunk)
        if self._max_bytes is not None and self._bytes_read > self._max_bytes:
            self._row = None
            raise self._refusal(f"it holds more than {self._max_bytes // 1_000_000} MB")
        self._text = self._text[self._at :] + self._to_text.decode(chunk, final=not chunk)
        self._at = 0
        return bool(chunk)

    def _refusal(self, reason: str) -> BadList:
        return BadList(self._row, reason)


def _why_no_list(opening: str) -> str:
    if not opening:
        return "it is empty"
    return "it is not a list of rows" if opening in '{"' else "it is not JSON"
