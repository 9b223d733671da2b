"""What the page of one entry tells: its card, its rating over time, its record against each rival, why people chose."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from django.db.models import Count, Q

from arena.charts.history import HistoryChart, history_chart
from arena.models import Answer, LanguageModel, PairCount, Rating, RatingSnapshot, Slot, Tag, VoteReason
from arena.models.answers import AnswerState
from arena.models.counts import OVERALL
from arena.record import Record, chance, record_of

#: The newest of its ratings and answers are looked at, so that a page costs the same after a million votes.
MOST_RATINGS, MOST_ANSWERS, MOST_REASONS = 200, 200, 6


@dataclass(frozen=True)
class PastRating:
    """One board's word on the entry, in points."""

    published: datetime
    rating: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Rival:
    """The record against another entry. chance: to win by the newest board, in percent; None: not comparable."""

    name: str
    slug: str
    record: Record
    chance: int | None


@dataclass(frozen=True)
class Speed:
    """Medians of the newest answers; None where nothing was measured."""

    seconds_to_first_text: float | None
    tokens_a_second: float | None


@dataclass(frozen=True)
class ModelPage:
    """rating: the newest board's row, None where it has none. reasons: the most common ones, each with its count."""

    model: LanguageModel
    rating: Rating | None
    history: tuple[PastRating, ...]
    chart: HistoryChart | None
    rivals: tuple[Rival, ...]
    reasons: tuple[tuple[str, int], ...]
    speed: Speed


def model_page(model: LanguageModel) -> ModelPage:
    """In a fixed number of queries."""
    ratings = RatingSnapshot.objects.newest_ratings()
    history = _history(model)
    return ModelPage(
        model=model,
        rating=ratings.get(model.pk),
        history=history,
        chart=history_chart(history),
        rivals=tuple(sorted(_rivals(model, ratings), key=lambda rival: rival.name.casefold())),
        reasons=_reasons(model),
        speed=_speed(_newest_answers(model)),
    )


def _history(model: LanguageModel) -> tuple[PastRating, ...]:
    rows = Rating.objects.filter(model=model, snapshot__category=OVERALL).order_by("-snapshot_id")
    values = rows.values_list("snapshot__published", "rating", "lower", "upper")[:MOST_RATINGS]
    return tuple(sorted((PastRating(*row) for row in values), key=lambda past: past.published))


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


def _reasons(model: LanguageModel) -> tuple[tuple[str, int], ...]:
    counts: Counter[str] = Counter()
    for slot, side in ((Slot.A, "model_a"), (Slot.B, "model_b")):
        said = VoteReason.objects.filter(slot=slot, **{f"vote__battle__{side}": model})
        counts.update(dict(said.values_list("tag").annotate(Count("pk"))))
    return tuple((str(Tag(tag).label), count) for tag, count in counts.most_common(MOST_REASONS))


def _newest_answers(model: LanguageModel) -> list[Answer]:
    sides = Q(slot=Slot.A, turn__battle__model_a=model) | Q(slot=Slot.B, turn__battle__model_b=model)
    done = Answer.objects.filter(sides, state=AnswerState.DONE, first_text_at__isnull=False)
    return list(done.order_by("-pk")[:MOST_ANSWERS])


def _speed(answers: Sequence[Answer]) -> Speed:
    waits = [
        (answer.first_text_at - answer.claimed_at).total_seconds()
        for answer in answers
        if answer.claimed_at and answer.first_text_at
    ]
    rates = [rate for answer in answers if (rate := answer.tokens_a_second)]
    return Speed(median(waits) if waits else None, median(rates) if rates else None)
