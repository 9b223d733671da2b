"""Where a pair stands on the board: before a vote on it, on the newest board, and by all votes between the two."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery

from arena.leaderboard.record import Record, chance, record_of
from arena.models import Battle, PairCount, Rating, RatingSnapshot, Slot, Vote
from arena.models.counts import OVERALL


@dataclass(frozen=True)
class Standing:
    """One entry on one board. position and ranks: as the board shows them; rating with its 95 % interval: in points."""

    position: int
    ranks: str
    rating: float
    lower: float
    upper: float

    @property
    def is_certain(self) -> bool:
        """Whether the interval allows no other place than the position."""
        return self.ranks == str(self.position)


@dataclass(frozen=True)
class PairStanding:
    """What the board says of both sides of a battle.

    before, now: by slot, without those that the board did not know when the vote was cast, or does not know yet.
    is_renewed: whether a board was published after the vote. chance_a: that A wins by the board before it, in percent,
    a tie as half a win; None where it did not compare the two. record: all counted votes between them, as A sees them.
    """

    before: Mapping[str, Standing] = field(default_factory=dict)
    now: Mapping[str, Standing] = field(default_factory=dict)
    is_renewed: bool = False
    chance_a: float | None = None
    record: Record = field(default_factory=Record)

    @property
    def most_wins(self) -> float:
        """Return the wins of the one that won more of the votes between the two."""
        return max(self.record.wins, self.record.losses)

    @property
    def fewest_wins(self) -> float:
        return min(self.record.wins, self.record.losses)

    @property
    def undecided(self) -> float:
        """Return the votes between the two that preferred neither."""
        return self.record.ties + self.record.both_bad


def pair_standing(battle: Battle, vote: Vote) -> PairStanding:
    """Return what the board says of the pair, in two queries. Only of a battle with two sides."""
    entries = {battle.entry(slot).pk: slot.value for slot in battle.slots}
    before, now = _boards_of(vote, entries)
    return PairStanding(
        before={slot: _standing(rating) for slot, rating in before.items()},
        now={slot: _standing(rating) for slot, rating in now.items()},
        is_renewed=before is not now,
        chance_a=chance(before.get(Slot.A), before.get(Slot.B)),
        record=_record(battle),
    )


def _boards_of(vote: Vote, entries: Mapping[int, str]) -> tuple[dict[str, Rating], dict[str, Rating]]:
    """Return the rows by slot on the board when the vote was cast, and on the newest; the same where it is the same."""
    boards = RatingSnapshot.objects.filter(category=OVERALL).order_by("-pk").values("pk")
    then = boards.filter(published__lte=vote.cast_at)
    rows = Rating.objects.filter(Q(snapshot=boards[:1]) | Q(snapshot=then[:1]), model__in=entries)
    newest: dict[str, Rating] = {}
    earlier: dict[str, Rating] = {}
    for row in rows.select_related("snapshot").annotate(above=_number_above()):
        was_there = row.snapshot.published <= vote.cast_at
        (earlier if was_there else newest)[entries[row.model_id]] = row
    return (earlier, newest) if newest else (earlier, earlier)


def _number_above() -> Subquery:
    """Return how many of its group stand above a row, counted by the database in the same query."""
    above = Rating.objects.filter(snapshot=OuterRef("snapshot"), group=OuterRef("group"), rating__gt=OuterRef("rating"))
    return Subquery(above.order_by().values("group").annotate(number=Count("pk")).values("number"))


def _standing(rating: Any) -> Standing:
    return Standing((rating.above or 0) + 1, rating.ranks, rating.rating, rating.lower, rating.upper)


def _record(battle: Battle) -> Record:
    low, high = sorted((battle.entry(Slot.A), battle.entry(Slot.B)), key=lambda entry: entry.pk)
    pair = PairCount.objects.filter(first=low, second=high, category=OVERALL).first()
    return record_of(pair, battle.entry(Slot.A)) if pair else Record()
