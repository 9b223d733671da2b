"""Two entries against each other: what the votes between them say, and what the board expects."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, Sum

from arena.charts.bars import Segment, outcome_bar
from arena.leaderboard.decision import PairDecision, decision_between
from arena.leaderboard.record import Record, chance, lead, record_of
from arena.models import Choice, LanguageModel, PairCount, Rating, RatingSnapshot, Vote
from arena.models.counts import OVERALL
from ratings.proportions import Share, effective_votes, wilson


@dataclass(frozen=True)
class Percentage:
    """A share of wins among decided votes with its 95% interval, in percent."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class HeadToHeadSide:
    """One of the two. share, chance, rating: None where there is none. chance: in percent, by the newest board."""

    name: str
    slug: str
    rating: float | None
    record: Record
    share: Percentage | None
    chance: float | None


@dataclass(frozen=True)
class SideSplit:
    """The votes with `a` on side A, as the first of the two entries sees them."""

    a: str
    b: str
    record: Record


@dataclass(frozen=True)
class HeadToHead:
    """Two entries and what happened between them.

    difference: of the ratings, the first's minus the second's, in points; None where they are not comparable.
    decision: whether the first is better, None where the votes do not compare the two.
    """

    first: HeadToHeadSide
    second: HeadToHeadSide
    difference: float | None
    decision: PairDecision | None
    bar: tuple[Segment, ...]
    side_splits: tuple[SideSplit, ...]

    @property
    def distance(self) -> float:
        """The difference without its sign."""
        return abs(self.difference or 0.0)

    @property
    def have_met(self) -> bool:
        """Whether a vote between the two counts."""
        return self.first.record.votes > 0


def compare(first: LanguageModel, second: LanguageModel) -> HeadToHead:
    """Return what the votes and the newest board say of two different entries, in a fixed number of queries."""
    low, high = sorted((first, second), key=lambda entry: entry.pk)
    pair = PairCount.objects.filter(first=low, second=high, category=OVERALL).first()
    record = record_of(pair, first) if pair else Record()
    share = _share(pair, record) if pair else None
    ratings = RatingSnapshot.objects.newest_ratings()
    own, other = ratings.get(first.pk), ratings.get(second.pk)
    return HeadToHead(
        first=_side(first, record, share, own, other),
        second=_side(second, record.reversed, share.rest if share else None, other, own),
        difference=lead(own, other),
        decision=decision_between(first.pk, second.pk, ratings),
        bar=outcome_bar(
            [("first", record.wins), ("tie", record.ties), ("bad", record.both_bad), ("second", record.losses)]
        ),
        side_splits=_side_splits(first, second),
    )


def pair_to_begin_with(model: str, rival: str, entries: Sequence[LanguageModel]) -> tuple[str, str]:
    """Return two slugs for a form: those that were chosen, else the best on the newest board, else the first entries.

    model, rival: slugs, empty where none was chosen.
    """
    best = RatingSnapshot.objects.newest_rows().values_list("model__slug", flat=True)[:3]
    slugs = [*best, *(entry.slug for entry in entries)]
    first = model or next((slug for slug in slugs if slug != rival), "")
    return first, rival or next((slug for slug in slugs if slug != first), "")


def _share(pair: PairCount, record: Record) -> Share | None:
    """Return the share of wins among decided votes. Weights below 1 make its interval wider."""
    if not record.decided:
        return None
    votes = effective_votes(record.decided, pair.first_wins_squared + pair.second_wins_squared)
    return wilson(record.wins / record.decided, votes)


def _side(
    entry: LanguageModel, record: Record, share: Share | None, own: Rating | None, other: Rating | None
) -> HeadToHeadSide:
    return HeadToHeadSide(
        name=entry.display_name,
        slug=entry.slug,
        rating=own.rating if own else None,
        record=record,
        share=Percentage(100 * share.share, 100 * share.lower, 100 * share.upper) if share else None,
        chance=chance(own, other),
    )


def _side_splits(first: LanguageModel, second: LanguageModel) -> tuple[SideSplit, ...]:
    """Return the record for each way to sit in which a vote was counted."""
    sides = Q(battle__model_a=first, battle__model_b=second) | Q(battle__model_a=second, battle__model_b=first)
    counted = Vote.objects.filter(sides, counted__weight__gt=0).values_list("battle__model_a", "choice")
    sums = {(model_a, choice): weight for model_a, choice, weight in counted.annotate(Sum("counted__weight"))}
    seated = [(first, second, _record_at(sums, first)), (second, first, _record_at(sums, second).reversed)]
    return tuple(SideSplit(a.display_name, b.display_name, record) for a, b, record in seated if record.votes)


def _record_at(sums: dict[tuple[int, str], float], model_a: LanguageModel) -> Record:
    """Return the record as the entry on side A sees it."""
    return Record(*(sums.get((model_a.pk, choice), 0.0) for choice in Choice))
