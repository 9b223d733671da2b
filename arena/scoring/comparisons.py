"""Votes as numbers: the arrays of `ratings` made of rows and keys, and the digest of what counts."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from uuid import UUID

import numpy as np

from arena.models import Choice, PairCount, Vote
from arena.models.counts import NO_TIES, OVERALL, SQUARES, SUMS
from ratings.arrays import FloatArray, IntArray
from ratings.comparisons import Comparisons, Outcome
from ratings.counts import PairCounts

OUTCOMES = {
    Choice.MODEL_A: Outcome.MODEL_A,
    Choice.MODEL_B: Outcome.MODEL_B,
    Choice.TIE: Outcome.TIE,
    Choice.BOTH_BAD: Outcome.BOTH_BAD,
}
#: Of a counted or a pending vote, what WeightedVote needs of the battle.
BATTLE_COLUMNS = ("vote__battle__id", "vote__battle__model_a_id", "vote__battle__model_b_id")
_DIGEST_MODULUS = 2**256

#: The category of a board and two entries of it, the lower pk first; sums in the order of SUMS, then of SQUARES.
Pair = tuple[str, int, int]
Sums = dict[Pair, list[float]]


@dataclass(frozen=True, slots=True)
class WeightedVote:
    """One vote as boards need it. Made by `of`, which computes the last two fields from the others.

    boards: the categories of the boards that it is on, the overall one first; mark: what it adds to their digests.
    """

    vote_id: int
    battle_id: str
    model_a: int
    model_b: int
    choice: Choice
    weight: float
    categories: tuple[str, ...]
    boards: tuple[str, ...]
    mark: int

    @classmethod
    def of(
        cls,
        vote_id: int,
        battle_id: UUID | str,
        model_a: int,
        model_b: int,
        choice: str,
        weight: float,
        categories: tuple[str, ...] = (),
    ) -> "WeightedVote":
        """Return the vote with its boards and its mark. choice: a value of Choice; an unknown one is a ValueError."""
        id, known = str(battle_id), Choice(choice)
        # Computed here and stored, because a recount asks each vote for them on every board.
        boards, mark = _boards(known in (Choice.MODEL_A, Choice.MODEL_B), categories), _mark(id, known, weight)
        return cls(vote_id, id, model_a, model_b, known, weight, categories, boards, mark)

    def weighing(self, weight: float) -> "WeightedVote":
        """Return the same vote with another weight."""
        return replace(self, weight=weight, mark=_mark(self.battle_id, self.choice, weight))

    @property
    def pair(self) -> tuple[int, int]:
        """Return the entries' pks, the lower one first."""
        return min(self.model_a, self.model_b), max(self.model_a, self.model_b)

    @property
    def column(self) -> str:
        """Return the column in which PairCount sums it, one of SUMS."""
        if self.choice in (Choice.TIE, Choice.BOTH_BAD):
            return "ties" if self.choice == Choice.TIE else "both_bad"
        winner = self.model_a if self.choice == Choice.MODEL_A else self.model_b
        return "first_wins" if winner == self.pair[0] else "second_wins"


@lru_cache(4096)
def _boards(is_decisive: bool, categories: tuple[str, ...]) -> tuple[str, ...]:
    return (OVERALL, *((NO_TIES,) if is_decisive else ()), *categories)


def _mark(battle_id: str, choice: Choice, weight: float) -> int:
    if weight == 0:
        return 0
    return int.from_bytes(hashlib.sha256(f"{battle_id}|{choice.value}|{weight!r}".encode()).digest(), "big")


def weighted(vote: Vote, weight: float, categories: Iterable[str] = ()) -> WeightedVote:
    """Return the vote as boards need it. Expects it with its battle; raises ValueError where that has one side only."""
    battle = vote.battle
    if battle.model_b_id is None:
        raise ValueError(f"battle {battle.id} has one side only: a vote on it compares nothing")
    sides = (battle.model_a_id, battle.model_b_id)
    return WeightedVote.of(vote.pk, battle.id, *sides, vote.choice, weight, tuple(categories))


def comparisons(
    votes: Sequence[WeightedVote], index: Mapping[int, int], *, features: FloatArray | None = None
) -> Comparisons:
    """Return the votes as arrays, in their order.

    index: the place of each entry's pk in the arrays; features: (votes, features) style of each vote.
    """
    return Comparisons(
        a=np.array([index[vote.model_a] for vote in votes], dtype=np.int64),
        b=np.array([index[vote.model_b] for vote in votes], dtype=np.int64),
        outcome=np.array([OUTCOMES[vote.choice] for vote in votes], dtype=np.int64),
        weight=np.array([vote.weight for vote in votes], dtype=np.float64),
        features=features,
        n_models=len(index),
    )


def stored_counts(ids: Sequence[int], category: str = OVERALL) -> PairCounts:
    """Return the stored counts of a category as matrices.

    ids: pks of all entries, ascending; their places are those in the matrices.
    """
    columns = ("first_id", "second_id", *SUMS, *SQUARES)
    # 300 entries have 45 000 pairs: as model instances they take ten times as long.
    rows = PairCount.objects.filter(category=category).values_list(*columns).iterator(chunk_size=5000)
    return _counts(chain.from_iterable(rows), ids)


def stored_sums(category: str) -> Sums:
    """Return the stored sums of a category by pair."""
    rows = PairCount.objects.filter(category=category).values_list("first_id", "second_id", *SUMS, *SQUARES)
    return {(category, first, second): list(sums) for first, second, *sums in rows.iterator(chunk_size=5000)}


def counts_of(sums: Sums, ids: Sequence[int]) -> PairCounts:
    """Return the sums of one category as matrices. ids: as for stored_counts."""
    return _counts(chain.from_iterable((first, second, *row) for (_, first, second), row in sums.items()), ids)


def _counts(numbers: Iterable[float], ids: Sequence[int]) -> PairCounts:
    """Return the counts as matrices. numbers: of each pair its two pks, its SUMS and its SQUARES in turn."""
    table = np.fromiter(numbers, dtype=np.float64).reshape(-1, 2 + len(SUMS) + len(SQUARES)).T
    first, second = np.searchsorted(ids, table[0]), np.searchsorted(ids, table[1])
    sums, squares = table[2 : 2 + len(SUMS)], table[2 + len(SUMS) :]
    counts = _matrices(first, second, sums, size=len(ids))
    if np.array_equal(sums, squares):  # all weights are 0 or 1
        return PairCounts(*counts[:2], both_bad=counts[2])
    squared = _matrices(first, second, squares, size=len(ids))
    return PairCounts(*counts[:2], both_bad=counts[2], squares=PairCounts(*squared[:2], both_bad=squared[2]))


def _matrices(first: IntArray, second: IntArray, sums: FloatArray, *, size: int) -> FloatArray:
    """Return (3, n, n) wins, ties and both_bad. first, second: (pairs,) places; sums: (4, pairs), as in SUMS."""
    wins, ties, both_bad = matrices = np.zeros((3, size, size))
    wins[first, second], wins[second, first] = sums[:2]
    ties[first, second] = ties[second, first] = sums[2]
    both_bad[first, second] = both_bad[second, first] = sums[3]
    return matrices


def add_to_digest(digest: str, votes: Iterable[WeightedVote], *, sign: int = 1) -> str:
    """Return the digest with these votes added, or taken away with sign -1, in any order; weight 0 adds nothing."""
    total = int(digest or "0", 16)
    total += sign * sum(vote.mark for vote in votes)
    return f"{total % _DIGEST_MODULUS:064x}"
