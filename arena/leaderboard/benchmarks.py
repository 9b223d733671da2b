"""What others measured of the rated entries, beside the ratings: the table, and how far each benchmark agrees."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.template.defaultfilters import floatformat
from django.utils.translation import gettext_lazy as _

from arena.models import BenchmarkScore, BenchmarkSource, Rating, RatingSnapshot
from ratings.rank_correlation import RankCorrelation, spearman
from ratings.standings import largest_group

#: How a page names a unit, by what arena.formats.benchmarks writes.
UNITS = {"%": "%", "points": _("points"), "of 10": _("of 10")}

#: A benchmark of one source.
Key = tuple[str, str]


@dataclass(frozen=True)
class Benchmark:
    """One benchmark of the table.

    correlation: with the ratings of the largest group; None where too few of its models have a score.
    """

    source: str
    name: str
    unit: str
    models: int
    correlation: RankCorrelation | None


@dataclass(frozen=True)
class BenchmarkRow:
    """One rated entry. scores: as text, in the order of the benchmarks; empty where nobody measured."""

    name: str
    slug: str
    rating: float
    is_provisional: bool
    scores: tuple[str, ...]


@dataclass(frozen=True)
class BenchmarkGroup:
    """Entries whose ratings can be compared, the highest first."""

    number: int
    rows: tuple[BenchmarkRow, ...]


@dataclass(frozen=True)
class BenchmarksPage:
    """What the page of benchmarks shows.

    columns: sources with how many benchmarks each has. largest: the number of the group that is correlated.
    without_score: rated entries that are not in the table. has_scores: also where no entry with a score is rated.
    """

    benchmarks: tuple[Benchmark, ...]
    columns: tuple[tuple[str, int], ...]
    groups: tuple[BenchmarkGroup, ...]
    largest: int
    sources: tuple[BenchmarkSource, ...]
    without_score: int
    has_scores: bool

    @property
    def width(self) -> int:
        """The number of columns of the table: the model, its rating, the benchmarks."""
        return 2 + len(self.benchmarks)


def benchmarks_page() -> BenchmarksPage:
    """Return the page for the newest board, in a fixed number of queries."""
    ratings = list(RatingSnapshot.objects.newest_rows().select_related("model"))
    sources = tuple(BenchmarkSource.objects.all())
    table = _table(ratings)
    scored = [rating for rating in ratings if any(rating.model_id in column for column in table.values())]
    groups = _grouped(scored)
    largest = largest_group(rating.group for rating in scored)
    shown = tuple(_benchmark(key, column, groups[largest]) for key, column in table.items())
    names = [benchmark.source for benchmark in shown]
    return BenchmarksPage(
        benchmarks=shown,
        columns=tuple((name, names.count(name)) for name in dict.fromkeys(names)),
        groups=tuple(BenchmarkGroup(group + 1, _rows(rows, table)) for group, rows in groups.items()),
        largest=largest + 1,
        sources=tuple(source for source in sources if source.name in names),
        without_score=len(ratings) - len(scored),
        has_scores=bool(sources),
    )


def _table(ratings: Sequence[Rating]) -> dict[Key, dict[int, BenchmarkScore]]:
    """Return the scores of rated entries by their pk, for each benchmark: by source, then in the order of its file."""
    rated = {rating.model_id for rating in ratings}
    table: dict[Key, dict[int, BenchmarkScore]] = {}
    for score in BenchmarkScore.objects.select_related("source").order_by("source__name", "pk"):
        if score.entry_id in rated:
            table.setdefault((score.source.name, score.benchmark), {})[score.entry_id] = score
    return table


def _grouped(ratings: Iterable[Rating]) -> dict[int, list[Rating]]:
    groups: dict[int, list[Rating]] = {}
    for rating in ratings:
        groups.setdefault(rating.group, []).append(rating)
    return groups


def _benchmark(key: Key, column: Mapping[int, BenchmarkScore], group: Sequence[Rating]) -> Benchmark:
    pairs = [(rating.rating, column[rating.model_id].score) for rating in group if rating.model_id in column]
    points, scores = np.array(pairs, dtype=np.float64).reshape(-1, 2).T
    unit = next(iter(column.values())).unit
    return Benchmark(*key, str(UNITS.get(unit, unit)), len(pairs), spearman(points, scores))


def _rows(ratings: Sequence[Rating], table: Mapping[Key, Mapping[int, BenchmarkScore]]) -> tuple[BenchmarkRow, ...]:
    decimals = [_decimals(column.values()) for column in table.values()]
    columns = list(zip(table.values(), decimals, strict=True))
    return tuple(
        BenchmarkRow(
            name=rating.model.display_name,
            slug=rating.model.slug,
            rating=rating.rating,
            is_provisional=bool(rating.provisional),
            scores=tuple(_score_text(column.get(rating.model_id), places) for column, places in columns),
        )
        for rating in ratings
    )


def _decimals(scores: Collection[BenchmarkScore]) -> int:
    """Return how many decimals to show: one for percentages, else as many as leave the largest score three digits."""
    if any(score.unit == "%" for score in scores):
        return 1
    largest = max(abs(score.score) for score in scores)
    return next((places for limit, places in ((1, 3), (10, 2), (100, 1)) if largest <= limit), 0)


def _score_text(score: BenchmarkScore | None, places: int) -> str:
    return "" if score is None else str(floatformat(score.score, places))
