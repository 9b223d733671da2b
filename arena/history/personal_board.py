"""The votes of one voter as a board of their own, beside everyone's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from arena.leaderboard.record import lead
from arena.models import Choice, LanguageModel, Rating, RatingSnapshot, Voter
from arena.scoring.comparisons import WeightedVote, comparisons, weighted
from arena.votes.policy import rated_votes, weights_of
from ratings import personal
from ratings.scale import START, to_log_odds, to_points
from ratings.standings import LARGEST_GROUP

#: Fewer votes say nothing worth showing.
MIN_VOTES = 5


@dataclass(frozen=True)
class PersonalRow:
    """One model. mine: points by the voter's own votes; board, rank: everyone's, None where it has no rating there."""

    name: str
    mine: float
    votes: int
    board: float | None
    rank: int | None


@dataclass(frozen=True)
class PersonalBoard:
    """A voter's own board, the best model first.

    agreed: how many of the `decisive` votes chose the model that the public board rates higher.
    """

    rows: tuple[PersonalRow, ...]
    votes: int
    agreed: int
    decisive: int

    @property
    def missing(self) -> int:
        """Return how many votes are missing before there are rows."""
        return max(0, MIN_VOTES - self.votes)

    @property
    def agreement(self) -> int:
        """Return the share of the decisive votes that agree with the public board, in percent."""
        return round(100 * self.agreed / self.decisive) if self.decisive else 0


def personal_board(voter: Voter) -> PersonalBoard:
    """Return the voter's own board, in a fixed number of queries. It names models of the voter's voted battles only.

    The points are everyone's, moved by what the voter's votes say (ratings.personal): few votes move a model little,
    and a voter's board foretells the voter's next votes better than everyone's does.
    """
    votes = _counted(voter)
    ratings = RatingSnapshot.objects.newest_ratings()
    rows = _rows(votes, ratings) if len(votes) >= MIN_VOTES else ()
    pairs = [(_chosen(vote), _favourite(vote, ratings)) for vote in votes]
    decisive = [(chosen, favourite) for chosen, favourite in pairs if chosen is not None and favourite is not None]
    agreed = sum(chosen == favourite for chosen, favourite in decisive)
    return PersonalBoard(rows, len(votes), agreed, len(decisive))


def _counted(voter: Voter) -> list[WeightedVote]:
    votes = list(rated_votes().filter(voter=voter).select_related("battle").order_by("pk"))
    weights = weights_of({vote.pk: vote.source for vote in votes})
    with_weights = (weighted(vote, weights[vote.pk]) for vote in votes)
    return [vote for vote in with_weights if vote.weight > 0]


def _rows(votes: Sequence[WeightedVote], ratings: Mapping[int, Rating]) -> tuple[PersonalRow, ...]:
    ids = sorted({pk for vote in votes for pk in vote.pair})
    counts = comparisons(votes, {pk: place for place, pk in enumerate(ids)}).fold()
    # Who has no rating yet begins where a newcomer does; what the board does not compare begins there too.
    crowd = [ratings[pk].rating if pk in ratings and ratings[pk].group == LARGEST_GROUP else START for pk in ids]
    points, names = to_points(personal.fit(counts, to_log_odds(np.array(crowd)))), LanguageModel.objects.in_bulk(ids)
    rows = (
        PersonalRow(
            name=names[pk].display_name,
            mine=float(points[place]),
            votes=sum(pk in vote.pair for vote in votes),
            board=ratings[pk].rating if pk in ratings else None,
            rank=ratings[pk].rank if pk in ratings else None,
        )
        for place, pk in enumerate(ids)
    )
    return tuple(sorted(rows, key=lambda row: -row.mine))


def _chosen(vote: WeightedVote) -> int | None:
    return {Choice.MODEL_A: vote.model_a, Choice.MODEL_B: vote.model_b}.get(vote.choice)


def _favourite(vote: WeightedVote, ratings: Mapping[int, Rating]) -> int | None:
    """Return the pk of the entry that the board rates higher; None where it does not compare the two."""
    points = lead(ratings.get(vote.model_a), ratings.get(vote.model_b))
    if not points:
        return None
    return vote.model_a if points > 0 else vote.model_b
