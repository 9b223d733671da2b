"""What the votes of a board say of its own firmness: whether halves of them agree, and how few people hold up rank 1.

It takes seconds, so a clock asks for it, and the answer is stored with the board that was asked.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import numpy as np

from arena.models import RatingSnapshot
from arena.scoring.board_rows import entry_ids
from arena.scoring.numbered_votes import NumberedVotes, numbered_votes
from ratings.arrays import IntArray
from ratings.bradley_terry import fit
from ratings.influence import fewest_voters
from ratings.replication import SPLITS, replication

EVERY = timedelta(hours=6)
#: So many votes are split and fitted in one check, so that it takes seconds whatever the arena's size.
VOTES_A_CHECK = 2_000_000
MIN_SPLITS = 8
#: What a search may cost: people are looked for in boards of at most so many models and votes, and at most so many.
MAX_MODELS, MAX_VOTES, MAX_VOTERS = 50, 200_000, 50


@dataclass(frozen=True)
class Halves:
    """How often random halves contradict each other; named as in ratings.replication, in percent."""

    contradictions: float
    independent: float
    promised: float
    clusters: int
    splits: int


@dataclass(frozen=True)
class FewestVoters:
    """The people without whom the successor leads. leader, successor: pks of entries; None where none were found."""

    leader: int
    successor: int | None
    voters: int | None
    most: int = MAX_VOTERS


@dataclass(frozen=True)
class BoardChecks:
    """What was found of a board's votes. Parts are None where too few people or prompts are known, or too many."""

    people: Halves | None
    prompts: Halves | None
    rank_one: FewestVoters | None

    @property
    def halves(self) -> list[Halves]:
        """Return what was split, the people first."""
        return [each for each in (self.people, self.prompts) if each]


def check_newest_board(*, now: datetime) -> RatingSnapshot | None:
    """Store what the votes of the newest overall board say of it, and return it; None where nothing is due."""
    newest = RatingSnapshot.objects.newest()
    if newest is None or newest.clustered_at is None or newest.checks is not None:
        return None
    before = RatingSnapshot.objects.newest_checked()
    if before is not None and now - before.published < EVERY:
        return None
    votes = numbered_votes(ids := entry_ids(), last_number=newest.last_number)
    newest.checks = asdict(_checks(votes, ids, seed=int(newest.digest[:15], 16)))
    newest.save(update_fields=["checks"])
    return newest


def checks_of(board: RatingSnapshot) -> BoardChecks:
    """Return what was found of the board's votes. Expects one with checks."""
    stored = cast(dict[str, Any], board.checks)
    people, prompts = (Halves(**stored[name]) if stored[name] else None for name in ("people", "prompts"))
    rank_one = stored["rank_one"]
    return BoardChecks(people, prompts, FewestVoters(**rank_one) if rank_one else None)


def _checks(votes: NumberedVotes, ids: list[int], *, seed: int) -> BoardChecks:
    return BoardChecks(
        people=_halves(votes, votes.voter, seed=seed),
        prompts=_halves(votes, votes.prompt, seed=seed),
        rank_one=_rank_one(votes, ids),
    )


def _halves(votes: NumberedVotes, by: IntArray, *, seed: int) -> Halves | None:
    """Return what halves of the known people, or prompts, say of each other. seed: the same for the same votes."""
    known = np.flatnonzero(by >= 0)
    if not known.size:
        return None
    splits = int(np.clip(VOTES_A_CHECK // known.size, MIN_SPLITS, SPLITS))
    found = replication(votes.votes.among(known), by=by[known], rng=np.random.default_rng(seed), splits=splits)
    if not found.comparisons:
        return None
    return Halves(
        contradictions=100 * found.contradictions,
        independent=100 * found.independent,
        promised=100 * found.promised,
        clusters=found.clusters,
        splits=found.splits,
    )


def _rank_one(votes: NumberedVotes, ids: list[int]) -> FewestVoters | None:
    """Return how few people hold up rank 1 among the models that their votes alone rate."""
    models, inner = votes.between_rated()
    if not (2 <= len(models) <= MAX_MODELS and len(votes.votes) <= MAX_VOTES and votes.voters > 1):
        return None
    upset = fewest_voters(inner.votes, voter=inner.voter, most=MAX_VOTERS)
    if upset is None:
        return FewestVoters(ids[models[int(np.argmax(fit(inner.votes.fold())))]], None, None)
    return FewestVoters(ids[models[upset.leader]], ids[models[upset.successor]], len(upset.voters))
