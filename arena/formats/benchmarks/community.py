"""The community's llm-leaderboard: models by benchmarks in CSV or a Markdown table, most of it blank."""

from collections.abc import Iterable

from arena.formats.benchmarks.base import BenchmarkFormat, Row, Score
from arena.formats.benchmarks.fields import name, scores
from arena.formats.names import named

_MODEL = "Model Name"
_ABOUT_THE_MODEL = {_MODEL, "Publisher", "Open?", "Commercial Use?"}


def _read(row: Row) -> tuple[str, Iterable[Score]]:
    columns = [(named(column, "column"), column) for column in row if column and column not in _ABOUT_THE_MODEL]
    return name(row, _MODEL), scores(row, columns)


FORMAT = BenchmarkFormat("llm-leaderboard", frozenset({_MODEL}), _read)
