"""What happened between two entries, as one of them sees it, and what the board expects of them."""

from dataclasses import dataclass

from arena.models import LanguageModel, PairCount, Rating
from ratings import elo


@dataclass(frozen=True)
class Record:
    """Votes between two entries as one of them sees them, each with its weight."""

    wins: float = 0.0
    losses: float = 0.0
    ties: float = 0.0
    both_bad: float = 0.0

    @property
    def decided(self) -> float:
        return self.wins + self.losses

    @property
    def votes(self) -> float:
        return self.decided + self.ties + self.both_bad

    @property
    def score_percent(self) -> float:
        """The points per vote in percent, a tie or both_bad as half a win: what the board's chance foretells."""
        return 100 * (self.wins + (self.ties + self.both_bad) / 2) / self.votes if self.votes else 0.0

    @property
    def reversed(self) -> "Record":
        return Record(self.losses, self.wins, self.ties, self.both_bad)


def record_of(pair: PairCount, entry: LanguageModel) -> Record:
    """Return the pair's votes as this one of its two entries sees them."""
    as_first = Record(pair.first_wins, pair.second_wins, pair.ties, pair.both_bad)
    return as_first if pair.first_id == entry.pk else as_first.reversed


def lead(own: Rating | None, other: Rating | None) -> float | None:
    """Return the first rating minus the second, in points; None where the board does not compare the two."""
    if own is None or other is None or own.group != other.group:
        return None
    return own.rating - other.rating


def chance(own: Rating | None, other: Rating | None) -> float | None:
    """Return the chance to win the next vote, in percent, a tie as half a win; None where they are not comparable."""
    points = lead(own, other)
    return None if points is None else 100 * elo.win_probability(points, 0.0)
