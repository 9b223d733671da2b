"""Plain tables of models by benchmarks: the community's llm-leaderboard, and any table whose columns somebody names."""

from collections.abc import Iterable, Mapping

from arena.formats.benchmarks.base import BenchmarkFormat, Row, Score
from arena.formats.benchmarks.fields import name, scores
from arena.formats.cells import named

MODEL = "model"
_COMMUNITY_MODEL = "Model Name"
_ABOUT_THE_MODEL = {_COMMUNITY_MODEL, "Publisher", "Open?", "Commercial Use?"}


def mapped(columns: Mapping[str, str]) -> BenchmarkFormat:
    """Return the format of a table with these columns: by benchmark, and the models' names by "model"."""
    benchmarks = [(benchmark, column) for benchmark, column in columns.items() if benchmark != MODEL]

    def read(row: Row) -> tuple[str, Iterable[Score]]:
        return name(row, columns[MODEL]), scores(row, benchmarks)

    return BenchmarkFormat("mapped", frozenset(columns.values()), read)


def _read_community(row: Row) -> tuple[str, Iterable[Score]]:
    # The table is CSV or Markdown, and most of its cells are blank.
    columns = [(named(column, "column"), column) for column in row if column and column not in _ABOUT_THE_MODEL]
    return name(row, _COMMUNITY_MODEL), scores(row, columns)


COMMUNITY = BenchmarkFormat("llm-leaderboard", frozenset({_COMMUNITY_MODEL}), _read_community)
