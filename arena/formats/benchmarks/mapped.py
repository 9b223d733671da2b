"""Any table of which somebody says what its columns are."""

from collections.abc import Iterable, Mapping

from arena.formats.benchmarks.base import BenchmarkFormat, Row, Score
from arena.formats.benchmarks.fields import name, scores

MODEL = "model"


def mapped(columns: Mapping[str, str]) -> BenchmarkFormat:
    """columns: by benchmark, and that of the models' names by "model"."""
    benchmarks = [(benchmark, column) for benchmark, column in columns.items() if benchmark != MODEL]

    def read(row: Row) -> tuple[str, Iterable[Score]]:
        return name(row, columns[MODEL]), scores(row, benchmarks)

    return BenchmarkFormat("mapped", frozenset(columns.values()), read)
