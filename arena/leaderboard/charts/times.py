"""How the board has come about: ratings over time, and the votes of each day."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, timedelta

from django.utils.translation import gettext as _

from arena.charts.columns import columns_chart
from arena.charts.lines import lines_chart
from arena.leaderboard.charts.board import NewestBoard, PastBoard
from arena.leaderboard.charts.content import ChartColumn, ChartContent, ChartTable, Row, named_columns, number_text
from arena.leaderboard.charts.standing import extremes
from arena.models import Rating
from ratings.standings import largest_group

MAX_BOARDS, MAX_DAYS = 60, 90
_DAY = timedelta(days=1)


def ratings_over_time(board: NewestBoard, places: Sequence[int]) -> ChartContent:
    """Return the ratings on the boards until now; the table begins with the newest board."""
    compared, boards = board.comparable(places), evenly_spaced(board.past)
    models, names = [board.ratings[place].model_id for place in compared], board.names(compared)
    ratings = [[at.get(model) for model in models] for at in _ratings_at(boards, models)]
    rows: list[Row] = [
        (f"{past.published.astimezone(UTC):%Y-%m-%d %H:%M:%S}", *(number_text(value) for value in values))
        for past, values in zip(boards, ratings, strict=True)
    ]
    lines = [(name, [values[place] for values in ratings]) for place, name in enumerate(names)]
    return ChartContent(
        table=ChartTable(named_columns(ChartColumn("published", _("Published (UTC)")), names), tuple(reversed(rows))),
        draw=lambda: lines_chart([past.published for past in boards], lines),
        alternative=extremes([board.ratings[place] for place in compared]),
    )


def votes_a_day(board: NewestBoard, _places: Sequence[int]) -> ChartContent:
    """Return the votes of each day; the table begins with the newest day."""
    days = _votes_a_day(board.past)
    drawn = days[-MAX_DAYS:]
    most = {"n": len(drawn), "most": max((votes for _day, votes in drawn), default=0)}
    columns = (ChartColumn("day", _("Day (UTC)")), ChartColumn("votes", _("Votes")))
    return ChartContent(
        table=ChartTable(columns, tuple((day.isoformat(), str(votes)) for day, votes in reversed(days))),
        draw=lambda: columns_chart(drawn),
        alternative=_("%(n)s days, at most %(most)s votes on one of them.") % most,
    )


def evenly_spaced(boards: Sequence[PastBoard], most: int = MAX_BOARDS) -> list[PastBoard]:
    """Return the newest board at each of so many evenly spaced moments from first to last; fewer where they agree."""
    if len(boards) <= most:
        return list(boards)
    moments = [board.published for board in boards]
    step = (moments[-1] - moments[0]) / (most - 1)
    wanted = [*(moments[0] + step * number for number in range(most - 1)), moments[-1]]
    return [boards[place] for place in sorted({bisect_right(moments, moment) - 1 for moment in wanted})]


def _ratings_at(boards: Sequence[PastBoard], models: Sequence[int]) -> list[dict[int, float]]:
    """Return for each board the ratings of those of these models that could be compared then, by the entry's pk."""
    rows = Rating.objects.filter(snapshot__in=[past.id for past in boards], model__in=models)
    by_board: defaultdict[int, list[tuple[int, int, float]]] = defaultdict(list)
    for snapshot, group, model, rating in rows.order_by().values_list("snapshot", "group", "model", "rating"):
        by_board[snapshot].append((group, model, rating))
    return [_of_largest_group(by_board[past.id]) for past in boards]


def _of_largest_group(rows: Sequence[tuple[int, int, float]]) -> dict[int, float]:
    """Return the ratings of the largest group by the entry's pk. rows: group, the entry's pk, rating."""
    largest = largest_group(group for group, _, _ in rows)
    return {id: rating for group, id, rating in rows if group == largest}


def _votes_a_day(boards: Sequence[PastBoard]) -> list[tuple[date, int]]:
    """Return how many votes the last board of each day has more than that of the day before, the oldest day first.

    It is below zero where more votes were excluded than cast.
    """
    # Whatever old boards are forgotten, the last of each day stays.
    totals = {past.published.astimezone(UTC).date(): past.votes for past in boards}
    days, before = [], 0
    for number in range((max(totals) - min(totals)).days + 1 if totals else 0):
        day = min(totals) + number * _DAY
        days.append((day, totals.get(day, before) - before))
        before = totals.get(day, before)
    return days
