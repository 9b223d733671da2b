"""What a round of counting reads before it holds the board's lock.

It may take a minute after a million votes, and on SQLite nobody writes while the lock is held: each vote would wait.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from arena.models import RatingSnapshot
from arena.scoring.comparisons import WeightedVote, newest_weights
from arena.scoring.counted_votes import counted_votes, waiting_votes
from arena.scoring.pair_sums import Sums, sums_of
from arena.scoring.vote_features import Tags, tags_of


@dataclass(frozen=True)
class Prepared:
    """What was read after the board `newest` (None before the first), and holds as long as there is no newer one.

    tags: of battles whose votes wait to be counted. votes: all that are counted, None where the round needs none.
    sums: of all these votes, where all boards are summed anew.
    """

    newest: int | None
    tags: Mapping[UUID, Tags]
    votes: Sequence[WeightedVote] | None
    sums: Sums

    @property
    def holds(self) -> bool:
        return self.newest == RatingSnapshot.objects.newest_id()


def prepare_round(*, from_the_first: bool) -> Prepared:
    """from_the_first: all boards will be summed anew. Otherwise every vote is read only where a weight changes."""
    newest = RatingSnapshot.objects.newest_id()
    waiting, _ = waiting_votes()
    weights = newest_weights({vote.id: vote.source for vote in waiting})
    changes = any(vote.is_changed(weights[vote.id]) for vote in waiting)
    battles = [vote.battle for vote in waiting if vote.counted is None]
    tags = dict.fromkeys(battles, Tags()) | tags_of(battles)
    votes = counted_votes() if from_the_first or changes else None
    return Prepared(newest, tags, votes, sums_of(votes) if from_the_first and votes else {})
