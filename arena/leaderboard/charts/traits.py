"""Rating against what a model costs: its size, its speed here, and its price."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from arena.charts.scatter import MeasuredModel, scatter
from arena.leaderboard.charts.board import NewestBoard
from arena.leaderboard.charts.drawing import Drawing
from arena.leaderboard.charts.standing import extremes
from arena.leaderboard.charts.table import Column, Table, figure
from arena.models import Rating


def sizes(board: NewestBoard, places: Sequence[int]) -> Drawing:
    """Of models that can be compared, those whose size is known."""
    ratings = [board.ratings[place] for place in board.comparable(places)]
    known = [(rating, float(rating.model.parameters)) for rating in ratings if rating.model.parameters]
    return _drawing(Column("parameters", _("Parameters")), known, decimals=0, is_logarithmic=True)


def speeds(board: NewestBoard, places: Sequence[int]) -> Drawing:
    """Of models that can be compared, those that have answered in a battle that was voted on."""
    ratings = [board.ratings[place] for place in board.comparable(places)]
    known = [(row, board.speeds[row.model_id]) for row in ratings if row.model_id in board.speeds]
    return _drawing(Column("tokens_a_second", _("Tokens a second")), known, decimals=1, is_logarithmic=False)


def prices(board: NewestBoard, places: Sequence[int]) -> Drawing:
    """Of models that can be compared, those whose price is known."""
    ratings = [board.ratings[place] for place in board.comparable(places)]
    known = [(rating, rating.model.price) for rating in ratings if rating.model.price]
    return _drawing(Column("price", _("Dollars a million tokens")), known, decimals=2, is_logarithmic=True)


def _drawing(column: Column, known: Sequence[tuple[Rating, float]], *, decimals: int, is_logarithmic: bool) -> Drawing:
    columns = (Column("model", _("Model")), column, Column("rating", _("Rating")))
    rows = ((row.model.display_name, figure(measure, decimals), figure(row.rating)) for row, measure in known)
    models = [MeasuredModel(row.model.display_name, measure, row.rating) for row, measure in known]
    return Drawing(
        table=Table(columns, tuple(rows)),
        draw=lambda: scatter(models, is_logarithmic=is_logarithmic),
        alternative=extremes([row for row, _measure in known]),
    )
