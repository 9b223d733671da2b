"""The boards that need every vote at once: with style taken out, and of the last thirty days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from arena.models import CountedVote
from arena.models.counts import RECENT, STYLE
from arena.scoring.comparisons import BATTLE_COLUMNS, WeightedVote, comparisons
from arena.scoring.vote_features import unpacked
from ratings import elo
from ratings.arrays import FloatArray
from ratings.standings import Standings, standings
from ratings.style import STYLE_FEATURES
from ratings.style_board import style_board

FULL_SCAN = (STYLE, RECENT)
WINDOW = timedelta(days=30)


@dataclass(frozen=True)
class FullScanVotes:
    """The votes on one of these boards in the order of counting, each with its packed style."""

    category: str
    votes: list[WeightedVote]
    styles: list[bytes]


@dataclass(frozen=True)
class FullScanBoard:
    """A board of all votes at once.

    elo: (n,) points after all its votes; effects: of each feature of style, in points: value, lower, upper bound.
    """

    standings: Standings
    elo: FloatArray
    effects: dict[str, tuple[float, float, float]]


def full_scan_votes(category: str, *, until: datetime, last_number: int | None = None) -> FullScanVotes:
    """Return the votes on a board with a weight above zero.

    category: of FULL_SCAN. until: the window's end; last_number: the place in the order of counting to read to.
    """
    rows = CountedVote.objects.filter(weight__gt=0).order_by("number")
    if category == STYLE:
        rows = rows.exclude(style=b"")
    else:
        rows = rows.filter(vote__cast_at__gt=until - WINDOW, vote__cast_at__lte=until)
    if last_number is not None:
        rows = rows.filter(number__lte=last_number)
    scan = FullScanVotes(category, [], [])
    for row in rows.values_list("style", "vote_id", *BATTLE_COLUMNS, "vote__choice", "weight").iterator(
        chunk_size=5000
    ):
        style, vote, id, a, b, choice, weight = row
        scan.votes.append(WeightedVote.of(vote, id, a, b, choice, weight))
        scan.styles.append(bytes(style))
    return scan


def full_scan_board(scan: FullScanVotes, ids: Sequence[int]) -> FullScanBoard:
    """Return the board of these votes. ids: pks of all entries, ascending: their order in it. Raises NotConverged."""
    features = unpacked(scan.styles) if scan.category == STYLE else None
    numbers = comparisons(scan.votes, {id: place for place, id in enumerate(ids)}, features=features)
    points = elo.replay(numbers)
    if scan.category == RECENT:
        return FullScanBoard(standings(numbers.fold()), points, {})
    board = style_board(numbers, list(STYLE_FEATURES))
    effects = {effect.name: (effect.points, effect.lower, effect.upper) for effect in board.effects}
    return FullScanBoard(board.standings, points, effects)
