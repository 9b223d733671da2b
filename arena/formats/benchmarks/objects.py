"""One JSON object in place of a list: LMArena's boards, lm-eval-harness' results, or any scores by model."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from arena.formats.benchmarks import arena_catalog
from arena.formats.benchmarks.base import BenchmarkFormat, Row, Score
from arena.formats.benchmarks.fields import number
from arena.formats.cells import named

MODEL, TASK = "model", "lm-eval task"
_DEPTH = 4

Rows = tuple[Collection[str], Iterator[Row | str]]


def rows_of(value: dict[str, Any]) -> Rows | None:
    """Return the names of the columns and the rows that the object holds, or None where it is no table.

    An object of objects is a row for each: its key as "model", and its numbers, those that lie deeper as "outer.inner".
    """
    if arena_catalog.is_board(value):
        return arena_catalog.FORMAT.needs, arena_catalog.rows(value)
    if isinstance(value.get("results"), dict) and ("configs" in value or "versions" in value):
        return HARNESS.needs, _tasks(value)
    models = {key: dict(_flat(each)) for key, each in value.items() if isinstance(each, dict)}
    if not models or len(models) < len(value):
        return None
    names = dict.fromkeys([MODEL, *(name for row in models.values() for name in row)])
    return names, iter([{MODEL: model, **row} for model, row in models.items()])


def _flat(value: dict[str, Any], prefix: str = "", depth: int = _DEPTH) -> Iterator[tuple[str, Any]]:
    for key, each in value.items():
        if isinstance(each, dict) and depth:
            yield from _flat(each, f"{prefix}{key}.", depth - 1)
        else:
            yield f"{prefix}{key}", each


def _tasks(value: dict[str, Any]) -> Iterator[Row | str]:
    for task, metrics in value["results"].items():
        if isinstance(metrics, dict):
            yield {**metrics, MODEL: _model(value), TASK: task}
        else:
            yield "it has no metrics"


def _model(value: dict[str, Any]) -> str:
    """Return the model's name; older files have it among the arguments of the run only."""
    config = value.get("config")
    arguments = config.get("model_args") if isinstance(config, dict) else ""
    pairs = dict(part.partition("=")[::2] for part in str(arguments or "").split(","))
    return str(value.get("model_name") or pairs.get("pretrained") or pairs.get("model") or "")


def _read_task(row: Row) -> tuple[str, Iterable[Score]]:
    return named(row[MODEL].strip(), MODEL), list(_scores(row))


def _scores(row: Row) -> Iterator[Score]:
    """Yield a score for each metric of the task; they are called "metric,filter", in older files "metric"."""
    for key, value in row.items():
        metric, _, filter = key.partition(",")
        is_one = key not in (MODEL, TASK, "alias") and "stderr" not in metric and not isinstance(value, str)
        points = number(value, key) if is_one else None
        if points is not None:
            words = (row[TASK], metric, filter if filter != "none" else "")
            yield Score(named(" ".join(filter_ for filter_ in words if filter_), "task"), points)


HARNESS = BenchmarkFormat("lm-eval-harness", frozenset({MODEL, TASK}), _read_task, "lm-evaluation-harness")
