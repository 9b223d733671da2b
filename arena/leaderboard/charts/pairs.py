"""Models against models: what was won, how often they met, and what the ratings predict."""

from collections.abc import Callable, Sequence

import numpy as np
from django.utils.translation import gettext as _

from arena.charts.axis import short_number
from arena.charts.heat_map import heat_map
from arena.leaderboard.chance_words import chance_in_words
from arena.leaderboard.charts.board import NewestBoard
from arena.leaderboard.charts.drawing import Drawing
from arena.leaderboard.charts.table import Column, Table, figure, named_columns
from ratings.arrays import FloatArray
from ratings.matrices import battle_counts, chances_to_win, win_fractions
from ratings.scale import to_log_odds


def wins(board: NewestBoard, places: Sequence[int]) -> Drawing:
    percent = 100 * win_fractions(board.counts, ties=False)
    return _drawing(board.names(places), _among(percent, places), most=100, words=short_number)


def battles(board: NewestBoard, places: Sequence[int]) -> Drawing:
    counts = _among(battle_counts(board.counts), places)
    return _drawing(board.names(places), counts, most=np.nan_to_num(counts).max(initial=0), words=short_number)


def chances(board: NewestBoard, places: Sequence[int]) -> Drawing:
    percent = 100 * chances_to_win(to_log_odds(board.points), group=board.groups)
    return _drawing(board.names(places), _among(percent, places), most=100, words=chance_in_words)


def _drawing(names: Sequence[str], matrix: FloatArray, *, most: float, words: Callable[[float], str]) -> Drawing:
    rows = zip(names, matrix.tolist(), strict=True)
    table = Table(
        named_columns(Column("model", _("Model")), names),
        tuple((name, *(figure(value) for value in values)) for name, values in rows),
    )
    return Drawing(table, lambda: heat_map(names, matrix, most=most, words=words), _range(matrix, words))


def _range(matrix: FloatArray, words: Callable[[float], str]) -> str:
    known = matrix[~np.isnan(matrix)]
    if not len(known):
        return ""
    values = {"n": len(matrix), "low": words(known.min()), "high": words(known.max())}
    return _("%(n)s models against each other; the figures go from %(low)s to %(high)s.") % values


def _among(matrix: FloatArray, places: Sequence[int]) -> FloatArray:
    chosen = np.array(places, dtype=np.int64)
    return matrix[np.ix_(chosen, chosen)]
