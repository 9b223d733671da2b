"""The faults of a file, or of one of its rows, in words for whoever brought it."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_SHOWN_NAMES = 20


class MalformedFile(Exception):
    """A file that cannot be used. row counts from 1; None where the whole file is meant."""

    def __init__(self, path: Path, row: int | None, reason: str) -> None:
        super().__init__(path, row, reason)
        self.path, self.row, self.reason = path, row, reason

    def __str__(self) -> str:
        row = "" if self.row is None else f"row {self.row}: "
        return f"{self.path.name}: {row}{self.reason}"


class Unusable(Exception):
    """The reason why a row cannot be used, for its owner to read."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A rejected row with its reason. row counts from 1."""

    row: int
    reason: str


def unknown_columns(
    path: Path, wanted: str | None, *, missing: Iterable[str], there: Iterable[str], todo: str = ""
) -> MalformedFile:
    """Return the error for a table of no known format, or not of the wanted one.

    It says what the nearest format lacks and what is there. todo: what else may be done about it, as a sentence.
    """
    names = sorted(there)
    what = f"it is not {wanted}" if wanted else "it is of no known format"
    lacks = f"{what}: the nearest lacks the columns {', '.join(map(repr, missing))}"
    has = ", ".join(map(repr, names[:_SHOWN_NAMES])) + (", …" if len(names) > _SHOWN_NAMES else "")
    return MalformedFile(path, None, ". ".join(filter(None, (f"{lacks}; it has {has:.400}", todo))))


@contextmanager
def as_malformed(path: Path) -> Iterator[None]:
    """Turn what goes wrong while the file is read into MalformedFile."""
    try:
        yield
    except (gzip.BadGzipFile, zlib.error):
        raise MalformedFile(path, None, "it is not gzip, or it is damaged") from None
    except EOFError:
        raise MalformedFile(path, None, "it is cut off: its gzip data has no end") from None
    except UnicodeDecodeError:
        raise MalformedFile(path, None, "it is not UTF-8 text") from None
    except OSError as error:
        raise MalformedFile(path, None, f"it cannot be read: {error.strerror or error}") from None
