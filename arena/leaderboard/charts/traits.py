"""Rating against what a model costs: its size, its speed here, and its price."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from arena.charts.scatter import MeasuredModel, scatter
from arena.leaderboard.charts.board import NewestBoard
from arena.leaderboard.charts.content import ChartColumn, ChartContent, ChartTable, number_text
from arena.leaderboard.charts.standing import extremes
from arena.models import Rating


def sizes(board: NewestBoard, places: Sequence[int]) -> ChartContent:
    """Return rating against size, of the models that can be compared and whose size is known."""
    ratings = [board.ratings[place] for place in board.comparable(places)]
    known = [(rating, float(rating.model.parameters)) for rating in ratings if rating.model.parameters]
    return _content(ChartColumn("parameters", _("Parameters")), known, decimals=0, is_logarithmic=True)


def speeds(board: NewestBoard, places: Sequence[int]) -> ChartContent:
    """Return rating against speed, of the models that can be compared and have an answer that was voted on."""
    ratings = [board.ratings[place] for place in board.comparable(places)]
    known = [(row, board.speeds[row.model_id]) for row in ratings if row.model_id in board.speeds]
    return _content(ChartColumn("tokens_a_second", _("Tokens a second")), known, decimals=1, is_logarithmic=False)


def prices(board: NewestBoard, places: Sequence[int]) -> ChartContent:
    """Return rating against price, of the models that can be compared and whose price is known."""
    ratings = [board.ratings[place] for place in board.comparable(places)]
    known = [(rating, rating.model.price) for rating in ratings if rating.model.price]
    return _content(ChartColumn("price", _("Dollars a million tokens")), known, decimals=2, is_logarithmic=True)


def _content(
    column: ChartColumn, known: Sequence[tuple[Rating, float]], *, decimals: int, is_logarithmic: bool
) -> ChartContent:
    columns = (ChartColumn("model", _("Model")), column, ChartColumn("rating", _("Rating")))
    rows = ((row.model.display_name, number_text(measure, decimals), number_text(row.rating)) for row, measure in known)
    models = [MeasuredModel(row.model.display_name, measure, row.rating) for row, measure in known]
    return ChartContent(
        table=ChartTable(columns, tuple(rows)),
        draw=lambda: scatter(models, is_logarithmic=is_logarithmic),
        alternative=extremes([row for row, _measure in known]),
    )
