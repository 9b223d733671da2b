"""One stored board, as it was published."""

from dataclasses import dataclass
from datetime import datetime

from arena.models import Rating, RatingSnapshot
from arena.models.counts import OVERALL


@dataclass(frozen=True)
class PublishedRow:
    """An entry's card and its numbers, named as in Rating."""

    slug: str
    name: str
    organisation: str
    licence: str
    kind: str
    group: int
    rank: int
    rank_best: int
    rank_worst: int
    rating: float
    lower: float
    upper: float
    elo: float
    votes: float
    win_rate: float
    both_bad_rate: float
    effective_voters: float | None
    effective_prompts: float | None
    provisional: str


@dataclass(frozen=True)
class PublishedBoard:
    """A board as it was published.

    rows: the best of each group first. votes: how many count with a weight above zero; voters, prompts: how many of
    them are known.
    """

    snapshot: int
    category: str
    published: datetime
    votes: int
    voters: int
    prompts: int
    policy: str
    code_version: str
    digest: str
    rows: tuple[PublishedRow, ...]


def published_board(category: str = OVERALL, *, snapshot: int | None = None) -> PublishedBoard | None:
    """Return the newest board of the category, or the one with this id; None where there is none. In two queries."""
    boards = RatingSnapshot.objects.shown().filter(category=category)
    stored = (boards if snapshot is None else boards.filter(pk=snapshot)).order_by("-pk").first()
    if stored is None:
        return None
    return PublishedBoard(
        snapshot=stored.pk,
        category=stored.category,
        published=stored.published,
        votes=stored.votes,
        voters=stored.voters,
        prompts=stored.prompts,
        policy=stored.policy,
        code_version=stored.code_version,
        digest=stored.digest,
        rows=tuple(map(_row, stored.rows())),
    )


def _row(rating: Rating) -> PublishedRow:
    return PublishedRow(
        slug=rating.model.slug,
        name=rating.model.display_name,
        organisation=rating.model.organisation,
        licence=rating.model.licence,
        kind=rating.model.kind,
        group=rating.group,
        rank=rating.rank,
        rank_best=rating.rank_best,
        rank_worst=rating.rank_worst,
        rating=rating.rating,
        lower=rating.lower,
        upper=rating.upper,
        elo=rating.elo,
        votes=rating.votes,
        win_rate=rating.win_rate,
        both_bad_rate=rating.both_bad_rate,
        effective_voters=rating.effective_voters,
        effective_prompts=rating.effective_prompts,
        provisional=rating.provisional,
    )
