"""Who moves the board: how far it would move without the votes of each voter."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np

from arena.models import LanguageModel, RatingSnapshot, VoterNumber
from arena.scoring.board_rows import entry_ids
from arena.scoring.numbered_votes import numbered_votes
from ratings.arrays import FloatArray
from ratings.bradley_terry import fit
from ratings.influence import influences
from ratings.scale import width_in_points

#: What a look may cost a page: about a second.
MAX_VOTES = 200_000
#: Of a voter: the number, the votes, the pk of the entry that moves farthest, and how far.
Move = tuple[int, float, int, float]


@dataclass(frozen=True)
class InfluentialVoter:
    """One voter. voter: a pseudonym; votes: what the voter's votes weigh together.

    model, points: the entry that moves most without them, by name, and how far.
    """

    voter: UUID
    votes: float
    model: str
    points: float


def influential_voters(how_many: int) -> list[InfluentialVoter] | None:
    """Return the voters without whom some rating would move most, the first ones first; None where votes are too many.

    Of the newest overall board, and of the entries that their votes alone rate.
    """
    newest = RatingSnapshot.objects.newest()
    if newest is None:
        return []
    if newest.votes > MAX_VOTES:
        return None
    ids = entry_ids()
    votes = numbered_votes(ids, last_number=newest.last_number)
    models, inner = votes.between_rated()
    if len(models) < 2 or votes.voters < 2:
        return []
    names, voter = np.unique(inner.voter, return_inverse=True)
    moves = width_in_points(influences(inner.votes, fit(inner.votes.fold()), voter=voter))
    largest = np.abs(moves).max(axis=1)
    chosen = [place for place in np.argsort(-largest, kind="stable").tolist() if names[place] >= 0][:how_many]
    cast = np.bincount(voter, inner.votes.weight)
    pks = [ids[model] for model in models]
    return _named([_move(int(names[place]), cast[place], moves[place], pks) for place in chosen])


def _move(number: int, votes: float, moves: FloatArray, ids: list[int]) -> Move:
    """Return what is told of one voter. moves: (n,) of the entries with these pks."""
    farthest = int(np.abs(moves).argmax())
    return number, float(votes), ids[farthest], float(moves[farthest])


def _named(found: list[Move]) -> list[InfluentialVoter]:
    """Return the voters by name."""
    pseudonyms = VoterNumber.objects.filter(number__in=[number for number, *_ in found])
    voters = dict(pseudonyms.values_list("number", "voter_id"))
    entries = LanguageModel.objects.filter(pk__in=[pk for _, _, pk, _ in found])
    names = dict(entries.values_list("pk", "display_name"))
    return [InfluentialVoter(voters[number], votes, names[pk], points) for number, votes, pk, points in found]
