"""AlpacaEval's leaderboards: the CSV file of its evaluations, whose first column has no name, and that of its page."""

from collections.abc import Iterable

from arena.formats.benchmarks.base import PERCENT, BenchmarkFormat, Row, Score
from arena.formats.benchmarks.fields import name, scores

_RATES = (("win rate", "win_rate"), ("length-controlled win rate", "length_controlled_winrate"))


def _read(row: Row) -> tuple[str, Iterable[Score]]:
    return name(row, "", "name"), scores(row, _RATES, unit=PERCENT)


EVALUATIONS = BenchmarkFormat("alpaca-eval", frozenset({"", "win_rate", "avg_length"}), _read, "AlpacaEval")
PAGE = BenchmarkFormat("alpaca-eval", frozenset({"name", "win_rate", "avg_length"}), _read, "AlpacaEval")
