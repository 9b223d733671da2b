"""Models whose early votes and late ones speak of another strength: their server may have changed what it serves."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache

from arena.models import CountedVote, RatingSnapshot
from arena.scoring.board_rows import entry_ids
from arena.scoring.cluster_intervals import MAX_VOTES_AT_ONCE
from arena.scoring.numbered_votes import NumberedVotes, numbered_votes
from ratings.bradley_terry import fit
from ratings.drift import changes, marked
from ratings.errors import RatingsError

#: A model changes on some day and not at some vote; to look costs up to a second.
CACHE_SECONDS = 3600
_KEY = "drift"


@dataclass(frozen=True)
class Drift:
    """A change of a model: since when about, and by how many points it is rated higher from then on."""

    since: datetime
    points: float


def drifts() -> dict[int, Drift]:
    """Return the changes that the overall board's votes tell, by the entry's pk; at most an hour old.

    None are told of boards with more than MAX_VOTES_AT_ONCE votes.
    """
    found: dict[int, Drift] | None = cache.get(_KEY)
    if found is None:
        newest = RatingSnapshot.objects.newest()
        found = _looked_for(newest) if newest and newest.votes <= MAX_VOTES_AT_ONCE else {}
        cache.set(_KEY, found, timeout=CACHE_SECONDS)
    return found


def _looked_for(board: RatingSnapshot) -> dict[int, Drift]:
    ids = entry_ids()
    models, inner = numbered_votes(ids, last_number=board.last_number).between_rated()
    try:
        found = changes(inner.votes, fit(inner.votes.fold()), voter=inner.voter)
    except RatingsError:
        return {}
    drifted = [(ids[models[place]], found[place]) for place, is_one in enumerate(marked(found)) if is_one]
    return {pk: Drift(_cast_at(inner, one.row), one.points) for pk, one in drifted if one is not None}


def _cast_at(votes: NumberedVotes, row: int) -> datetime:
    return CountedVote.objects.select_related("vote").get(number=int(votes.number[row])).vote.cast_at
