"""What the page of one entry tells: its card, its rating over time, its record against each rival, why people chose."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from arena.answers.speeds import Speed, speed_of
from arena.charts.history import HistoryChart, history_chart
from arena.leaderboard.board_categories import BoardCategory, published_categories
from arena.leaderboard.record import Record, chance, record_of
from arena.models import Battle, LanguageModel, PairCount, Rating, RatingSnapshot, ReasonTag, Slot, VoteReason
from arena.models.counts import OVERALL
from arena.transparency.drift import Drift, drifts

#: The newest of its ratings and battles are looked at, so that a page costs about the same after a million votes.
MAX_RATINGS, MAX_BATTLES = 200, 1000
MAX_REASONS = 6


@dataclass(frozen=True)
class PastRating:
    """What one board said of the entry, in points."""

    published: datetime
    rating: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Rival:
    """The record against another entry. chance: to win by the newest board, in percent; None if not comparable."""

    name: str
    slug: str
    record: Record
    chance: float | None


@dataclass(frozen=True)
class CategoryRating:
    """The entry's row on the newest board of a category."""

    category: BoardCategory
    rating: Rating


@dataclass(frozen=True)
class ModelPage:
    """What the page of one entry shows.

    rating: the newest board's row, None where it has none. reasons: the most common ones of its newest battles, each
    with its count. drift: where its early votes and its late ones speak of another strength.
    """

    model: LanguageModel
    rating: Rating | None
    history: tuple[PastRating, ...]
    chart: HistoryChart | None
    by_category: tuple[CategoryRating, ...]
    rivals: tuple[Rival, ...]
    reasons: tuple[tuple[str, int], ...]
    speed: Speed
    drift: Drift | None


def model_page(model: LanguageModel) -> ModelPage:
    """Return the page of one entry, in a fixed number of queries."""
    ratings = RatingSnapshot.objects.newest_ratings()
    history, sides = _history(model), Battle.objects.newest_sides(model, MAX_BATTLES)
    return ModelPage(
        model=model,
        rating=ratings.get(model.pk),
        history=history,
        chart=history_chart(history),
        by_category=_by_category(model),
        rivals=tuple(sorted(_rivals(model, ratings), key=lambda rival: rival.name.casefold())),
        reasons=_reasons(sides),
        speed=speed_of(sides),
        drift=drifts().get(model.pk),
    )


def _history(model: LanguageModel) -> tuple[PastRating, ...]:
    rows = Rating.objects.filter(model=model, snapshot__category=OVERALL).order_by("-snapshot_id")
    values = rows.values_list("snapshot__published", "rating", "lower", "upper")[:MAX_RATINGS]
    return tuple(sorted((PastRating(*row) for row in values), key=lambda past: past.published))


def _by_category(model: LanguageModel) -> tuple[CategoryRating, ...]:
    """Return the ratings in the order of the categories, the overall one left out."""
    categories = [category for category in published_categories() if category.key != OVERALL]
    newest = RatingSnapshot.objects.newest_ids(*(category.key for category in categories))
    rows = Rating.objects.filter(model=model, snapshot__in=newest.values()).select_related("snapshot")
    ratings = {row.snapshot.category: row for row in rows}
    return tuple(CategoryRating(category, ratings[category.key]) for category in categories if category.key in ratings)


def _rivals(model: LanguageModel, ratings: dict[int, Rating]) -> Iterable[Rival]:
    pairs = PairCount.objects.filter(Q(first=model) | Q(second=model), category=OVERALL)
    for pair in pairs.select_related("first", "second"):
        rival = pair.second if pair.first_id == model.pk else pair.first
        yield Rival(
            name=rival.display_name,
            slug=rival.slug,
            record=record_of(pair, model),
            chance=chance(ratings.get(model.pk), ratings.get(rival.pk)),
        )


def _reasons(sides: Mapping[UUID, Slot]) -> tuple[tuple[str, int], ...]:
    reasons = VoteReason.objects.filter(vote__battle__in=list(sides)).values_list("vote__battle", "slot", "tag")
    counts = Counter(tag for battle, slot, tag in reasons if slot == sides[battle])
    return tuple((str(ReasonTag(tag).label), count) for tag, count in counts.most_common(MAX_REASONS))
