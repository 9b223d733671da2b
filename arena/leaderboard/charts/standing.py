"""One number a model: its rating with the interval, and its average win rate."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from arena.charts.bars import bars_chart
from arena.charts.intervals import RatedModel, intervals_chart
from arena.leaderboard.charts.board import NewestBoard
from arena.leaderboard.charts.content import ChartColumn, ChartContent, ChartTable, Row, ends, number_text
from arena.models import Rating
from ratings.matrices import average_against_others, win_fractions


def intervals(board: NewestBoard, places: Sequence[int]) -> ChartContent:
    """Return the ratings with their intervals."""
    ratings = [board.ratings[place] for place in places]
    columns = (
        ChartColumn("model", _("Model")),
        ChartColumn("rating", _("Rating")),
        ChartColumn("lower", _("Lower bound")),
        ChartColumn("upper", _("Upper bound")),
        ChartColumn("under_prior", _("Under a prior")),
        ChartColumn("group", _("Group")),
    )
    table = ChartTable(columns, tuple(_row(rating) for rating in ratings))
    return ChartContent(table, lambda: intervals_chart([_rated(rating) for rating in ratings]), extremes(ratings))


def win_rates(board: NewestBoard, places: Sequence[int]) -> ChartContent:
    """Return the average win rates, the highest first; models without a decided vote are left out."""
    decided = board.counts.wins + board.counts.wins.T > 0
    rates, rivals = average_against_others(win_fractions(board.counts, ties=False)), decided.sum(axis=1)
    known = sorted((place for place in places if rivals[place]), key=lambda place: -rates[place])
    shares = [(name, 100 * float(rates[place])) for name, place in zip(board.names(known), known, strict=True)]
    columns = (
        ChartColumn("model", _("Model")),
        ChartColumn("average_win_percent", _("Average win rate")),
        ChartColumn("rivals", _("Rivals")),
    )
    met = (str(rivals[place]) for place in known)
    rows = tuple((name, number_text(share), n) for (name, share), n in zip(shares, met, strict=True))
    return ChartContent(ChartTable(columns, rows), lambda: bars_chart(shares), _first_and_last(shares))


def extremes(ratings: Sequence[Rating]) -> str:
    """Return who is highest and who lowest, in words; an empty text without ratings."""
    if not ratings:
        return ""
    best, worst = (choose(ratings, key=lambda row: row.rating) for choose in (max, min))
    return ends(best.model.display_name, f"{best.rating:.0f}", worst.model.display_name, f"{worst.rating:.0f}")


def _first_and_last(shares: Sequence[tuple[str, float]]) -> str:
    if not shares:
        return ""
    (best, high), (worst, low) = shares[0], shares[-1]
    return ends(best, f"{high:.0f}%", worst, f"{low:.0f}%")


def _row(rating: Rating) -> Row:
    bounds = (number_text(rating.lower), number_text(rating.upper))
    prior = "†" if rating.provisional else None
    return (rating.model.display_name, number_text(rating.rating), *bounds, prior, str(rating.group + 1))


def _rated(rating: Rating) -> RatedModel:
    return RatedModel(
        name=rating.model.display_name,
        rating=rating.rating,
        lower=rating.lower,
        upper=rating.upper,
        group=rating.group,
        is_provisional=bool(rating.provisional),
    )
