"""Models against models: what was won, how often they met, and what the ratings predict."""

from collections.abc import Callable, Sequence

import numpy as np
from django.utils.translation import gettext as _

from arena.charts.axis import short_number
from arena.charts.heat_map import heat_map
from arena.leaderboard.charts.board import NewestBoard
from arena.leaderboard.charts.content import ChartColumn, ChartContent, ChartTable, named_columns, number_text
from arena.templatetags.board import percent
from ratings.arrays import BoolArray, FloatArray
from ratings.matrices import battle_counts, chances_to_win, win_fractions
from ratings.scale import to_log_odds

#: A share of fewer decided votes says little.
FEW_DECIDED = 5


def wins(board: NewestBoard, places: Sequence[int]) -> ChartContent:
    """Return the share of decided votes that each model won against each other one."""
    percents = 100 * win_fractions(board.counts, ties=False)
    unsure = board.counts.wins + board.counts.wins.T < FEW_DECIDED
    chosen = np.ix_(places, places)
    return _content(board.names(places), _among(percents, places), most=100, words=short_number, unsure=unsure[chosen])


def battles(board: NewestBoard, places: Sequence[int]) -> ChartContent:
    """Return how many votes count on each pair."""
    counts = _among(battle_counts(board.counts), places)
    return _content(board.names(places), counts, most=np.nan_to_num(counts).max(initial=0), words=short_number)


def chances(board: NewestBoard, places: Sequence[int]) -> ChartContent:
    """Return the chance of each model against each other one by their ratings."""
    percents = 100 * chances_to_win(to_log_odds(board.points), group=board.groups)
    return _content(board.names(places), _among(percents, places), most=100, words=percent)


def _content(
    names: Sequence[str],
    matrix: FloatArray,
    *,
    most: float,
    words: Callable[[float], str],
    unsure: BoolArray | None = None,
) -> ChartContent:
    rows = zip(names, matrix.tolist(), strict=True)
    table = ChartTable(
        named_columns(ChartColumn("model", _("Model")), names),
        tuple((name, *(number_text(value) for value in values)) for name, values in rows),
    )
    return ChartContent(
        table, lambda: heat_map(names, matrix, most=most, words=words, unsure=unsure), _range(matrix, words)
    )


def _range(matrix: FloatArray, words: Callable[[float], str]) -> str:
    known = matrix[~np.isnan(matrix)]
    if not len(known):
        return ""
    values = {"n": len(matrix), "low": words(known.min()), "high": words(known.max())}
    return _("%(n)s models against each other; the figures go from %(low)s to %(high)s.") % values


def _among(matrix: FloatArray, places: Sequence[int]) -> FloatArray:
    chosen = np.array(places, dtype=np.int64)
    return matrix[np.ix_(chosen, chosen)]
