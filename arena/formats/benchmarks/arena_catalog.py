"""LMArena's arena-catalog: leaderboard-*.json, {category: {model: {rating, rating_q975, rating_q025}}}."""

from collections.abc import Iterable, Iterator

from arena.formats.benchmarks.base import POINTS, BenchmarkFormat, Row, Score
from arena.formats.benchmarks.fields import name, scores
from arena.formats.cells import named

CATEGORY, MODEL, RATING = "category", "model", "rating"
_NEEDS = frozenset({CATEGORY, MODEL, RATING})


def is_board(value: object) -> bool:
    """Return whether these are categories with models, one of which has a rating."""
    categories = value.values() if isinstance(value, dict) else ()
    models = [model for models in categories if isinstance(models, dict) for model in models.values()]
    return any(isinstance(model, dict) and RATING in model for model in models)


def rows(board: object) -> Iterator[Row | str]:
    """Yield a row for each model of each category, or why it is none."""
    categories = board.items() if isinstance(board, dict) else ()
    for category, models in categories:
        for model, rating in models.items() if isinstance(models, dict) else ():
            is_rating = isinstance(rating, dict)
            yield {**rating, CATEGORY: category, MODEL: model} if is_rating else "it is not a model with its rating"


def _read(row: Row) -> tuple[str, Iterable[Score]]:
    benchmark = named(row[CATEGORY].replace("_", " "), CATEGORY)
    return name(row, MODEL), scores(row, [(benchmark, RATING)], unit=POINTS)


FORMAT = BenchmarkFormat("arena-catalog", _NEEDS, _read, "LMArena {file}")
