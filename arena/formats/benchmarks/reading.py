"""The reader of scores from any file: its format is found by its columns, and a bad row does not stop the others."""

import re
from collections.abc import Iterator
from pathlib import Path

from arena.formats.benchmarks import arena_catalog, judged, objects, open_llm, plain
from arena.formats.benchmarks.base import BenchmarkFormat, Row, Rows, ScoredModel
from arena.formats.benchmarks.files import opened
from arena.formats.refusals import MalformedFile, RefusedRow, Unusable, unknown_columns
from arena.formats.tables import bare_name

_MAPPING = 'Any table can be read: say what its columns are with --mapping "model=COLUMN" "BENCHMARK=COLUMN"'
#: The first format whose columns are all there is taken. A table of means needs the fewest, so it comes last.
FORMATS = (
    open_llm.V1,
    open_llm.V2,
    open_llm.PAGE,
    judged.MT_BENCH_JUDGMENTS,
    arena_catalog.FORMAT,
    objects.HARNESS,
    judged.ALPACA_EVALUATIONS,
    judged.ALPACA_PAGE,
    plain.COMMUNITY,
    judged.MT_BENCH_MEANS,
)
NAMES = tuple(dict.fromkeys(format.name for format in FORMATS))


class BenchmarkFile:
    """One file of scores. Raises MalformedFile where it is of no known format, or not of the wanted one."""

    def __init__(self, path: Path, format: str | BenchmarkFormat | None = None) -> None:
        """Open the file. format: one of NAMES, or one that is not among them."""
        self._rows = opened(path)
        self.format = _find(path, self._rows, format)
        #: The maker of the scores, unless the importer names another.
        self.source = self.format.source.format(file=bare_name(path))

    @property
    def share(self) -> float:
        """The part of the file that has been read, in [0, 1]."""
        return self._rows.share

    def models(self) -> Iterator[ScoredModel | RefusedRow]:
        """Yield each row in order, or why it has no scores. Raises MalformedFile, also later."""
        for number, row in self._rows.numbered():
            yield _read(number, row, self.format)


def _read(number: int, row: Row | str, format: BenchmarkFormat) -> ScoredModel | RefusedRow:
    if isinstance(row, str):
        return RefusedRow(number, row)
    try:
        model, scores = format.read(row)
        return ScoredModel(number, model, tuple(scores))
    except Unusable as reason:
        return RefusedRow(number, str(reason))
    except (KeyError, TypeError, AttributeError, ValueError):
        return RefusedRow(number, "it has not the shape of the others")


def _find(path: Path, rows: Rows, wanted: str | BenchmarkFormat | None) -> BenchmarkFormat:
    named = [format for format in FORMATS if wanted in (None, format.name)]
    candidates = [wanted] if isinstance(wanted, BenchmarkFormat) else named
    for format in candidates:
        if format.needs <= rows.names and (wanted or re.search(format.only_in, path.name)):
            return format
    unnamed = [format for format in candidates if format.needs <= rows.names]
    if unnamed:
        reason = f"its columns may be anyone's: --format {unnamed[0].name} says that they are {unnamed[0].source}'s"
        raise MalformedFile(path, None, f"{reason}. {_MAPPING}")
    missing = min((sorted(format.needs - rows.names) for format in candidates), key=len)
    name, todo = (candidates[0].name, "") if wanted else (None, _MAPPING)
    raise unknown_columns(path, name, missing=missing, there=rows.names, todo=todo)
