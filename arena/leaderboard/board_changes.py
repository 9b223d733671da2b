"""What has changed on the board, a day at a time, for those who follow it by a feed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise

from django.db.models import Max
from django.db.models.functions import TruncDate
from django.utils.translation import gettext

from arena.models import Rating, RatingSnapshot
from arena.models.counts import OVERALL

MAX_DAYS = 30


@dataclass(frozen=True)
class RatedEntry:
    """An entry and its rating, in points."""

    name: str
    rating: float
    lower: float
    upper: float


@dataclass(frozen=True)
class BoardChange:
    """The last board of a day on which the order became another. title: what changed; order: of its first group."""

    published: datetime
    title: str
    order: tuple[RatedEntry, ...]


def board_changes() -> list[BoardChange]:
    """Return the changes of the newest days, the newest first. In two queries."""
    days = RatingSnapshot.objects.filter(category=OVERALL).annotate(day=TruncDate("published")).values("day")
    newest = days.annotate(last=Max("pk")).order_by("-day").values_list("last", flat=True)[:MAX_DAYS]
    boards = list(_boards(list(newest)))
    changes = (
        BoardChange(published, _title(_names(before), _names(order)), order)
        for (_, before), (published, order) in pairwise(boards)
        if _names(before) != _names(order)
    )
    return list(changes)[::-1]


def _boards(snapshots: Sequence[int]) -> Iterator[tuple[datetime, tuple[RatedEntry, ...]]]:
    """Yield when each board was published, and its first group from the best on: others cannot be compared with it.

    Ratings that rest on a prior are left out: one lucky vote is no news.
    """
    rows = Rating.objects.filter(snapshot__in=snapshots, provisional="").select_related("snapshot", "model")
    for _, rows_of_board in groupby(rows.order_by("snapshot_id", "group", "-rating"), key=lambda row: row.snapshot_id):
        ratings = list(rows_of_board)
        first = [rating for rating in ratings if rating.group == ratings[0].group]
        entries = (RatedEntry(row.model.display_name, row.rating, row.lower, row.upper) for row in first)
        yield ratings[0].snapshot.published, tuple(entries)


def _names(order: Sequence[RatedEntry]) -> list[str]:
    return [entry.name for entry in order]


def _title(before: Sequence[str], now: Sequence[str]) -> str:
    """Return the one thing to say of a change: a new first, or else a newcomer, or else who has risen most."""
    if now[0] != before[0]:
        return gettext("%(name)s is now first") % {"name": now[0]}
    if new := [name for name in now if name not in before]:
        return gettext("%(name)s is new on the board, in place %(place)s") % _placed(new[0], now)
    risen = max(now, key=lambda name: before.index(name) - now.index(name))
    return gettext("%(name)s is now in place %(place)s") % _placed(risen, now)


def _placed(name: str, order: Sequence[str]) -> dict[str, object]:
    return {"name": name, "place": order.index(name) + 1}
