"""Marks of single answers as one score for each model."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from arena.formats.benchmarks.base import Score, ScoredModel


@dataclass
class _Mean:
    """The marks of a model in a benchmark. row: the first of its rows."""

    row: int
    unit: str
    marks: list[float] = field(default_factory=list)

    @property
    def value(self) -> float:
        return sum(self.marks) / len(self.marks)


def means(models: Iterable[ScoredModel]) -> list[ScoredModel]:
    """Return each model once for each benchmark, with the mean of its scores there."""
    by_model: dict[tuple[str, str], _Mean] = {}
    for model in models:
        for score in model.scores:
            by_model.setdefault((model.model, score.benchmark), _Mean(model.row, score.unit)).marks.append(score.value)
    return [
        ScoredModel(mean.row, model, (Score(benchmark, mean.value, mean.unit),))
        for (model, benchmark), mean in by_model.items()
    ]
