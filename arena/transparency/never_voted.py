"""Battles that never got a vote, by model: who failed, who was stopped, who was left, and what that hides."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.conf import settings
from django.core.cache import cache
from django.db.models import Count

from arena.answers.speeds import speeds
from arena.models import Answer, Battle, LanguageModel, Slot
from arena.models.answers import WITHHELD, AnswerQuerySet, AnswerState
from arena.models.battles import BattleKind, BattleQuerySet
from arena.scoring.board_rows import entry_ids
from arena.scoring.comparisons import stored_counts
from arena.scoring.rating_method import PRIOR, rate_counts
from arena.transparency.drift import Drift, drifts
from arena.transparency.robustness import MAX_MODELS
from ratings.arrays import FloatArray
from ratings.errors import RatingsError
from ratings.unvoted import with_unvoted

#: They change slowly, and with a million battles the counts take seconds.
CACHE_SECONDS = 3600
_KEY = "never-voted"
NOT_RATED: dict[str, float | None] = dict.fromkeys(("rating", "as_losses", "worst", "best"))
Pair = tuple[int, int]


@dataclass(frozen=True)
class NeverVoted:
    """What became of the battles of one model, as shares in percent, and what it would mean, in points.

    battles: its blind ones that nobody can vote on any more, voted on or not. failed: it failed, and nobody voted;
    stopped: its answer was stopped, vote or not; left: both sides had something to vote on, and nobody did.
    seconds_to_first_text: None where nothing was measured. rating: by the votes; as_losses: with failures as losses;
    worst, best: if it had also lost, or won, all battles that were left. These are None where no vote rates it, or with
    too many models. drift: where its early votes and its late ones speak of another strength.
    """

    name: str
    slug: str
    battles: int
    failed: float
    stopped: float
    left: float
    seconds_to_first_text: float | None
    rating: float | None
    as_losses: float | None
    worst: float | None
    best: float | None
    drift: Drift | None


@dataclass(frozen=True)
class _Counts:
    """By pair of entries, the first the one that it is about: battles, those it failed, was stopped in, were left."""

    battles: Counter[Pair]
    failed: Counter[Pair]
    stopped: Counter[Pair]
    left: Counter[Pair]

    def share(self, counter: Counter[Pair], entry: int) -> float:
        """Return the percent of the entry's battles that the counter has."""
        return 100 * _of(counter, entry) / max(_of(self.battles, entry), 1)


def never_voted(*, now: datetime) -> tuple[NeverVoted, ...]:
    """Return a row for each model that has been in such battles, by name; at most an hour old."""
    rows: tuple[NeverVoted, ...] | None = cache.get(_KEY)
    if rows is None:
        rows = tuple(_rows(_counted(now)))
        cache.set(_KEY, rows, timeout=CACHE_SECONDS)
    return rows


def _rows(counts: _Counts) -> list[NeverVoted]:
    entries, waits, changed = LanguageModel.objects.competing().in_bulk(), speeds(), drifts()
    ratings = _ratings(counts)
    known = sorted({first for first, _ in counts.battles} & entries.keys(), key=lambda pk: entries[pk].display_name)
    return [
        NeverVoted(
            name=entries[pk].display_name,
            slug=entries[pk].slug,
            battles=_of(counts.battles, pk),
            failed=counts.share(counts.failed, pk),
            stopped=counts.share(counts.stopped, pk),
            left=counts.share(counts.left, pk),
            seconds_to_first_text=waits[pk].seconds_to_first_text if pk in waits else None,
            **ratings.get(pk, NOT_RATED),
            drift=changed.get(pk),
        )
        for pk in known
    ]


def _counted(now: datetime) -> _Counts:
    """Count the blind battles that nobody can vote on any more, in five queries."""
    # Younger ones are left out: a failure that is counted at once would tell its voter who has just failed.
    closed = Battle.objects.filter(kind=BattleKind.BLIND, created__lte=now - timedelta(hours=settings.BATTLE_HOURS))
    unvoted, lost = closed.filter(vote__isnull=True), Answer.objects.lost()
    failed = Answer.objects.filter(state=AnswerState.FAILED).exclude(finish_reason=WITHHELD)
    return _Counts(
        battles=_pairs(closed),
        failed=_sides(failed, unvoted),
        stopped=_sides(Answer.objects.filter(state=AnswerState.STOPPED), closed),
        left=_pairs(unvoted) - _pairs(unvoted.filter(pk__in=lost.values("turn__battle"))),
    )


def _pairs(battles: BattleQuerySet) -> Counter[Pair]:
    """Return how many there are of each pair, under both orders."""
    counts: Counter[Pair] = Counter()
    for a, b, number in battles.values_list("model_a_id", "model_b_id").annotate(Count("pk")):
        if b is not None:
            counts[a, b] += number
            counts[b, a] += number
    return counts


def _sides(answers: AnswerQuerySet, battles: BattleQuerySet) -> Counter[Pair]:
    """Return in how many of these battles there is such an answer, by who gave it and against whom."""
    own = answers.filter(turn__battle__in=battles.values("pk")).order_by()
    rows = own.values_list("slot", "turn__battle__model_a_id", "turn__battle__model_b_id")
    counts: Counter[Pair] = Counter()
    for slot, a, b, number in rows.annotate(Count("turn__battle", distinct=True)):
        counts[(a, b) if slot == Slot.A else (b, a)] += number
    return counts


def _ratings(counts: _Counts) -> dict[int, dict[str, float | None]]:
    """Return the ratings by the votes alone, with failures as losses, and between which bounds, by the entry's pk."""
    ids = entry_ids()
    votes = stored_counts(ids)
    if len(ids) > MAX_MODELS or not votes.battles.any():
        return {}
    try:
        rating = rate_counts(votes).rating
        failures, left = _matrix(counts.failed, ids), _matrix(counts.left, ids)
        more = with_unvoted(votes, failures=failures, left=left, prior=PRIOR)
    except RatingsError:
        return {}
    named = {"rating": rating, "as_losses": more.as_losses, "worst": more.worst, "best": more.best}
    return {
        pk: {name: float(values[place]) for name, values in named.items()}
        for place, pk in enumerate(ids)
        if not np.isnan(rating[place])
    }


def _matrix(counter: Counter[Pair], ids: list[int]) -> FloatArray:
    """Return the counts (n, n) of pairs among these entries."""
    place = {pk: index for index, pk in enumerate(ids)}
    matrix = np.zeros((len(ids), len(ids)))
    for (first, second), number in counter.items():
        if first in place and second in place:
            matrix[place[first], place[second]] = number
    return matrix


def _of(counter: Counter[Pair], entry: int) -> int:
    return sum(number for (first, _), number in counter.items() if first == entry)
