"""The charts that there are, in the order of the page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from arena.leaderboard.charts import pairs, standing, times, traits
from arena.leaderboard.charts.board import NewestBoard
from arena.leaderboard.charts.content import ChartContent, ChartTable

#: More names do not fit on a page. Lines are fewer still: they cross.
MAX_SHOWN, MAX_LINES = 30, 8


@dataclass(frozen=True)
class Chart:
    """A chart as the page shows it.

    name: as in addresses. template: shows the drawing, which is None where there is too little to draw.
    """

    name: str
    title: str
    caption: str
    template: str
    alternative: str
    drawing: object
    table: ChartTable


@dataclass(frozen=True)
class ChartSpec:
    """What a chart shows of any board.

    title: the measure and its unit. caption: what to see. content: gives it for the models at some places of the board.
    is_of_counts: it is made of sums by pair.
    """

    name: str
    shape: str
    title: Promise
    caption: Promise
    content: Callable[[NewestBoard, Sequence[int]], ChartContent]
    most: int = MAX_SHOWN
    is_of_counts: bool = False

    def chart(self, board: NewestBoard, places: Sequence[int]) -> Chart:
        """Return the chart of the models at these places, or of the first of them where they are too many."""
        content = self.content(board, places[: self.most])
        return Chart(
            name=self.name,
            title=str(self.title),
            caption=str(self.caption),
            template=f"leaderboard/charts/_{self.shape}.html",
            alternative=content.alternative,
            drawing=content.draw(),
            table=content.table,
        )


CHARTS = (
    ChartSpec(
        "intervals",
        "intervals",
        _("Rating in points, with its 95% interval"),
        _(
            "The shorter the line, the surer the rating; models whose lines do not meet are told apart. A hollow dot "
            "and † mark a rating under a prior, and a line across parts groups that have not met."
        ),
        standing.intervals,
    ),
    ChartSpec(
        "win-fractions",
        "heat_map",
        _("Votes won by the row against the column, in percent, ties left out"),
        _(
            "The best model comes first: right of the diagonal, colours are strong; a weak one goes against the order. "
            "A pale cell with a broken edge rests on fewer than five votes."
        ),
        pairs.wins,
        is_of_counts=True,
    ),
    ChartSpec(
        "battle-counts",
        "heat_map",
        _("Votes that count on each pair"),
        _("The fainter a cell, the less often the two have met, and the less their share of wins says."),
        pairs.battles,
        is_of_counts=True,
    ),
    ChartSpec(
        "average-win-rates",
        "bars",
        _("Average share of votes won against all others, in percent, ties left out"),
        _("Each rival that a model met weighs the same here, however often they met."),
        standing.win_rates,
        is_of_counts=True,
    ),
    ChartSpec(
        "predicted-wins",
        "heat_map",
        _("Predicted chance of the row against the column, in percent, a tie as half a win"),
        _("Where this is far from the votes won above, though the pair has met often, one rating does not say it all."),
        pairs.chances,
    ),
    ChartSpec(
        "ratings-over-time",
        "lines",
        _("Rating over time, in points"),
        _("A line that has become flat is a rating that new votes hardly move. The best eight shown have a line."),
        times.ratings_over_time,
        most=MAX_LINES,
    ),
    ChartSpec(
        "rating-by-size",
        "scatter",
        _("Rating in points by number of parameters"),
        _("High up on the left are small models that do well for their size; sizes are on a logarithmic scale."),
        traits.sizes,
    ),
    ChartSpec(
        "rating-by-speed",
        "scatter",
        _("Rating in points by speed, in tokens a second"),
        _("High up on the right are models both good and fast. Speed: the median of the newest answers voted on here."),
        traits.speeds,
    ),
    ChartSpec(
        "rating-by-price",
        "scatter",
        _("Rating in points by price, in dollars a million tokens"),
        _("High up on the left are models that do well for their price, which the operator states."),
        traits.prices,
    ),
    ChartSpec(
        "votes-a-day",
        "columns",
        _("Votes that count, by day"),
        _("Each column is what the boards of that day (UTC) added; imported votes stand on the day they came in."),
        times.votes_a_day,
    ),
)


def by_name(name: str) -> ChartSpec | None:
    """Return the chart of this name in addresses; None where there is none."""
    return next((spec for spec in CHARTS if spec.name == name), None)
