"""Scores that a judge model gave: MT-bench's marks and AlpacaEval's win rates.

MT-bench's judgments are marks of single answers, of which the mean counts, or a table of means. The mean is that of
FastChat's show_result.py: over all marks of a model, those of -1 (no verdict) left out. AlpacaEval has two tables: the
CSV file of its evaluations, whose first column has no name, and that of its page.
"""

import json
from collections.abc import Iterable
from typing import Any

from arena.formats.benchmarks.base import PERCENT, BenchmarkFormat, Row, Score
from arena.formats.benchmarks.fields import name, number, scores
from arena.formats.cells import named
from arena.formats.refusals import Unusable

OF_TEN = "of 10"
_RATES = (("win rate", "win_rate"), ("length-controlled win rate", "length_controlled_winrate"))
_JUDGMENTS = frozenset({"question_id", "model", "judge", "score", "turn"})


def _read_judgment(row: Row) -> tuple[str, Iterable[Score]]:
    mark = number(row.get("score"), "score")
    if mark is None or mark == -1:
        raise Unusable("its judge gave no mark")
    return name(row, "model"), [_score(f"MT-bench, judge {_judge(row['judge'])}", mark)]


def _read_mean(row: Row) -> tuple[str, Iterable[Score]]:
    mean = number(row.get("score"), "score")
    return name(row, "model"), [] if mean is None else [_score("MT-bench", mean)]


def _score(benchmark: str, mark: float) -> Score:
    if not 0 <= mark <= 10:
        raise Unusable(f"its score is {mark:g}, not between 0 and 10")
    return Score(benchmark, mark, OF_TEN)


def _judge(value: Any) -> str:
    """Return the judge's name. FastChat writes it as [model, prompt]; some tables hold that as JSON text."""
    if isinstance(value, str) and value.startswith("["):
        value = json.loads(value)
    judge = value[0] if isinstance(value, list) and value else value
    # A judge's name of full length would leave no room for the benchmark's.
    return named(judge.strip()[:60] if isinstance(judge, str) else "", "judge")


def _read_rates(row: Row) -> tuple[str, Iterable[Score]]:
    return name(row, "", "name"), scores(row, _RATES, unit=PERCENT)


MT_BENCH_JUDGMENTS = BenchmarkFormat("mt-bench", _JUDGMENTS, _read_judgment, "MT-bench", is_averaged=True)
#: Any table may have these columns: Arena-Hard's has them too, with percentages.
MT_BENCH_MEANS = BenchmarkFormat(
    "mt-bench", frozenset({"model", "score"}), _read_mean, "MT-bench", only_in=r"(?i)\bmt[-_ ]?bench"
)
ALPACA_EVALUATIONS = BenchmarkFormat(
    "alpaca-eval", frozenset({"", "win_rate", "avg_length"}), _read_rates, "AlpacaEval"
)
ALPACA_PAGE = BenchmarkFormat("alpaca-eval", frozenset({"name", "win_rate", "avg_length"}), _read_rates, "AlpacaEval")
