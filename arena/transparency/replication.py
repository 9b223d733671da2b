"""Whether the board replicates: what halves of its votes say of each other, and how few people hold up its rank 1."""

from dataclasses import dataclass

from arena.models import LanguageModel, RatingSnapshot
from arena.scoring.checks import BoardChecks, checks_of


@dataclass(frozen=True)
class RankOnePeople:
    """How many people hold up rank 1: without so many the successor would lead.

    successor, voters: None where taking away `most` people was not enough.
    """

    leader: str
    successor: str | None
    voters: int | None
    most: int


@dataclass(frozen=True)
class Replication:
    """The newest board whose votes were asked, and what they said."""

    board: RatingSnapshot
    checks: BoardChecks
    rank_one: RankOnePeople | None


def newest_replication() -> Replication | None:
    """Return what the newest board that was asked says of itself; None before the first one."""
    board = RatingSnapshot.objects.newest_checked()
    if board is None:
        return None
    checks = checks_of(board)
    return Replication(board, checks, _rank_one(checks))


def _rank_one(checks: BoardChecks) -> RankOnePeople | None:
    found = checks.rank_one
    if found is None:
        return None
    entries = LanguageModel.objects.filter(pk__in=[found.leader, found.successor])
    names = dict(entries.values_list("pk", "display_name"))
    successor = None if found.successor is None else names[found.successor]
    return RankOnePeople(names[found.leader], successor, found.voters, found.most)
