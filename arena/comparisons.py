"""Votes as numbers: from rows and keys to the arrays of `ratings`, and the digest of what counts."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from arena.models import Choice, PairCount, Vote, VoteExclusion
from ratings.comparisons import Comparisons, Outcome
from ratings.counts import PairCounts

OUTCOMES = {
    Choice.MODEL_A: Outcome.MODEL_A,
    Choice.MODEL_B: Outcome.MODEL_B,
    Choice.TIE: Outcome.TIE,
    Choice.BOTH_BAD: Outcome.BOTH_BAD,
}
_DIGEST_MODULUS = 2**256


@dataclass(frozen=True)
class WeightedVote:
    """What the board needs of one vote."""

    vote_id: int
    battle_id: str
    model_a: int
    model_b: int
    choice: Choice
    weight: float


def weighted(vote: Vote, weight: float) -> WeightedVote:
    """Expects the vote with its battle."""
    battle = vote.battle
    return WeightedVote(vote.pk, str(battle.id), battle.model_a_id, battle.model_b_id, Choice(vote.choice), weight)


def newest_weights(votes: Iterable[Vote]) -> dict[int, float]:
    """Weight by vote pk, as the newest exclusion of each says; votes without one are not in it."""
    exclusions = VoteExclusion.objects.filter(vote__in=[vote.pk for vote in votes]).order_by("pk")
    return dict(exclusions.values_list("vote_id", "weight"))


def comparisons(votes: Sequence[WeightedVote], index: Mapping[int, int]) -> Comparisons:
    """index: the place of each entry's pk in the arrays. Votes stay in their order."""
    return Comparisons(
        a=np.array([index[vote.model_a] for vote in votes], dtype=np.int64),
        b=np.array([index[vote.model_b] for vote in votes], dtype=np.int64),
        outcome=np.array([OUTCOMES[vote.choice] for vote in votes], dtype=np.int64),
        weight=np.array([vote.weight for vote in votes], dtype=np.float64),
        n_models=len(index),
    )


def pair_counts(rows: Iterable[PairCount], index: Mapping[int, int]) -> PairCounts:
    """The stored counts as matrices."""
    wins, ties, both_bad = (np.zeros((len(index), len(index))) for _ in range(3))
    for row in rows:
        i, j = index[row.first_id], index[row.second_id]
        wins[i, j], wins[j, i] = row.first_wins, row.second_wins
        ties[i, j] = ties[j, i] = row.ties
        both_bad[i, j] = both_bad[j, i] = row.both_bad
    return PairCounts(wins=wins, ties=ties, both_bad=both_bad)


def add_to_digest(digest: str, votes: Iterable[WeightedVote], *, sign: int = 1) -> str:
    """The digest with these votes added, or taken away with sign -1. Order does not matter; weight 0 adds nothing."""
    total = int(digest or "0", 16)
    for vote in votes:
        if vote.weight > 0:
            text = f"{vote.battle_id}|{vote.choice.value}|{vote.weight!r}"
            total += sign * int(hashlib.sha256(text.encode()).hexdigest(), 16)
    return f"{total % _DIGEST_MODULUS:064x}"
