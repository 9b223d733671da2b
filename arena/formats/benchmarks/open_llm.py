"""The Open LLM Leaderboard's tables: version 1 (ARC ... GSM8K), version 2 (IFEval ... MMLU-PRO), what its page reads.

For version 2 the normalised percentages are read, which its page shows, not the raw shares beside them.
"""

from collections.abc import Callable, Iterable

from arena.formats.benchmarks.base import PERCENT, BenchmarkFormat, Row, Score
from arena.formats.benchmarks.fields import linked, name, scores
from arena.formats.cells import named
from arena.formats.refusals import Unusable

_V1 = ("ARC", "HellaSwag", "MMLU", "TruthfulQA", "Winogrande", "GSM8K")
_V2 = ("IFEval", "BBH", "MATH Lvl 5", "GPQA", "MUSR", "MMLU-PRO")
#: Keys of a model's evaluations in what the page of version 2 reads.
_KEYS = dict(zip(("ifeval", "bbh", "math", "gpqa", "musr", "mmlu_pro"), _V2, strict=True))
_AVERAGES = ("Average", "Average ⬆️")


def _reader(benchmarks: tuple[str, ...]) -> Callable[[Row], tuple[str, Iterable[Score]]]:
    def read(row: Row) -> tuple[str, Iterable[Score]]:
        average = next((column for column in _AVERAGES if column in row), _AVERAGES[0])
        columns = [("Average", average), *zip(benchmarks, benchmarks, strict=True)]
        return _model(row), scores(row, columns, unit=PERCENT)

    return read


def _model(row: Row) -> str:
    return name({**row, "Model": linked(row.get("Model"))}, "fullname", "model_name_for_query", "Model", "model")


def _read_page(row: Row) -> tuple[str, Iterable[Score]]:
    model, evaluations = row["model"], row["evaluations"]
    if not isinstance(model.get("name"), str):
        raise Unusable("its model has no name")
    percentages: Row = {_KEYS[key]: value.get("normalized_score") for key, value in evaluations.items() if key in _KEYS}
    percentages["Average"] = model.get("average_score")
    columns = [(benchmark, benchmark) for benchmark in ("Average", *_V2)]
    return named(model["name"].strip(), "name"), scores(percentages, columns, unit=PERCENT)


V1 = BenchmarkFormat("open-llm-1", frozenset(_V1), _reader(_V1), "Open LLM Leaderboard 1")
V2 = BenchmarkFormat("open-llm-2", frozenset(_V2), _reader(_V2), "Open LLM Leaderboard 2")
PAGE = BenchmarkFormat("open-llm-2", frozenset({"model", "evaluations"}), _read_page, "Open LLM Leaderboard 2")
