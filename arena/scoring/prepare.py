"""The reading that a round of counting does before it takes the board's lock.

It may take a minute after a million votes, and on SQLite nobody writes while the lock is held: each vote would wait.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from arena.models import RatingSnapshot
from arena.scoring.comparisons import Sums, WeightedVote
from arena.scoring.counted_votes import counted_votes, pending_votes
from arena.scoring.pair_sums import sums_of
from arena.scoring.text_features import VoteFeatures
from arena.scoring.vote_features import features_of
from arena.votes.policy import weights_of

FeaturesOf = Callable[[Sequence[UUID]], Mapping[UUID, VoteFeatures]]


@dataclass(frozen=True)
class Prepared:
    """The reading of one round, which is current as long as no board is newer than `newest`.

    newest: pk, 0 before the first board. features: of the battles of pending votes. votes: all that are counted; None
    where the round needs none. sums: of all these votes, where all boards are summed anew.
    """

    newest: int
    features: Mapping[UUID, VoteFeatures]
    votes: Sequence[WeightedVote] | None
    sums: Sums

    @property
    def is_current(self) -> bool:
        """Tell whether nobody has published since it was read."""
        return self.newest == RatingSnapshot.objects.newest_id()


def prepare_round(*, full_rebuild: bool, features_of: FeaturesOf = features_of) -> Prepared:
    """Return what the next round needs. full_rebuild: all boards will be summed anew.

    Otherwise every vote is read only where a weight changes. features_of: finds the features of votes on battles.
    """
    newest = RatingSnapshot.objects.newest_id()
    pending, _ = pending_votes()
    weights = weights_of({vote.id: vote.source for vote in pending})
    changes = any(vote.is_changed(weights[vote.id]) for vote in pending)
    battles = [vote.battle for vote in pending if vote.counted is None]
    features = dict.fromkeys(battles, VoteFeatures()) | dict(features_of(battles))
    votes = counted_votes() if full_rebuild or changes else None
    return Prepared(newest, features, votes, sums_of(votes) if full_rebuild and votes else {})
