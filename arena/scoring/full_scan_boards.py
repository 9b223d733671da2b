"""The boards that need every vote at once: with style taken out, of the last thirty days, and with even voices."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings

from arena.models import CountedVote, Rating, RatingSnapshot
from arena.models.counts import RECENT, STYLE, VOICES
from arena.scoring.board_rows import ratings_of
from arena.scoring.comparisons import VOTE_COLUMNS, WeightedVote, comparisons
from arena.scoring.numbered_votes import NumberedVotes, numbered
from arena.scoring.rating_method import rate_without_style
from arena.scoring.vote_features import unpacked
from ratings import elo
from ratings.arrays import FloatArray
from ratings.standings import Standings

FULL_SCAN = (STYLE, RECENT, VOICES)
WINDOW = timedelta(days=30)


@dataclass(frozen=True)
class FullScanVotes:
    """The votes on one of these boards in the order of counting.

    until: when they were read. styles: packed, of each; voters, prompts: their numbers in CountedVote.
    """

    category: str
    until: datetime
    votes: list[WeightedVote] = field(default_factory=list)
    styles: list[bytes] = field(default_factory=list)
    voters: list[int | None] = field(default_factory=list)
    prompts: list[int | None] = field(default_factory=list)


@dataclass(frozen=True)
class FullScanBoard:
    """A board of all votes at once.

    elo: (n,) points after all its votes; effects: of each feature of style, in points: value, lower, upper bound.
    """

    votes: NumberedVotes
    standings: Standings
    elo: FloatArray
    effects: dict[str, tuple[float, float, float]]

    def rows(self, snapshot: RatingSnapshot, ids: Sequence[int]) -> list[Rating]:
        """Return its rows, not stored yet. ids: pks of all entries, ascending."""
        return ratings_of(snapshot, ids, self.standings, self.elo, self.votes.effective(self.standings))


def full_scan_votes(category: str, *, until: datetime, last_number: int | None = None) -> FullScanVotes:
    """Return the votes on a board with a weight above zero.

    category: of FULL_SCAN. until: the window's end; last_number: the place in the order of counting to read to.
    """
    rows = CountedVote.objects.filter(weight__gt=0).order_by("number")
    if category == STYLE:
        rows = rows.exclude(style=b"")
    if category == RECENT:
        rows = rows.filter(vote__cast_at__gt=until - WINDOW, vote__cast_at__lte=until)
    if last_number is not None:
        rows = rows.filter(number__lte=last_number)
    scan = FullScanVotes(category, until)
    columns = ("voter_number", "prompt_number", "style", "vote_id", *VOTE_COLUMNS, "weight")
    for row in rows.values_list(*columns).iterator(chunk_size=5000):
        voter, prompt, style, vote, id, a, b, choice, score, weight = row
        scan.votes.append(WeightedVote.of(vote, id, a, b, choice, weight, score=score))
        scan.styles.append(bytes(style))
        scan.voters.append(voter)
        scan.prompts.append(prompt)
    return scan


def full_scan_board(scan: FullScanVotes, ids: Sequence[int]) -> FullScanBoard:
    """Return the board of these votes. ids: pks of all entries, ascending: their order in it. Raises NotConverged."""
    features = unpacked(scan.styles) if scan.category == STYLE else None
    numbers = comparisons(scan.votes, {id: place for place, id in enumerate(ids)}, features=features)
    votes = numbered(numbers, voters=scan.voters, prompts=scan.prompts, until=scan.until)
    if scan.category == VOICES:
        votes = votes.with_even_voices(cap=settings.VOICES)
    points = elo.replay(votes.votes)
    if scan.category != STYLE:
        return FullScanBoard(votes, votes.standings(), points, {})
    voter, prompt = votes.ways
    board = rate_without_style(numbers, voter=voter, prompt=prompt)
    effects = {effect.name: (effect.points, effect.lower, effect.upper) for effect in board.effects}
    return FullScanBoard(votes, board.standings, points, effects)
