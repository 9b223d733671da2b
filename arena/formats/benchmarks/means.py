"""Marks of single answers as one score a model."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from arena.formats.benchmarks.base import Score, ScoredModel


@dataclass
class _Mean:
    """row: the first that it is of."""

    row: int
    unit: str
    marks: list[float] = field(default_factory=list)

    @property
    def value(self) -> float:
        return sum(self.marks) / len(self.marks)


def means(models: Iterable[ScoredModel]) -> list[ScoredModel]:
    """Each model once for each benchmark, with the mean of its scores there."""
    found: dict[tuple[str, str], _Mean] = {}
    for it in models:
        for score in it.scores:
            found.setdefault((it.model, score.benchmark), _Mean(it.row, score.unit)).marks.append(score.value)
    return [
        ScoredModel(mean.row, model, (Score(benchmark, mean.value, mean.unit),))
        for (model, benchmark), mean in found.items()
    ]
