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
from ratings.comparisons import SCORE_OF_A, Comparisons, Outcome
from ratings.counts import PairCounts

OUTCOMES = {
    Choice.MODEL_A: Outcome.MODEL_A,
    Choice.MODEL_B: Outcome.MODEL_B,
    Choice.TIE: Outcome.TIE,
    Choice.BOTH_BAD: Outcome.BOTH_BAD,
}
#: Of a counted or a pending vote, what WeightedVote needs of the battle and of the vote.
VOTE_COLUMNS = (
    "vote__battle__id",
    "vote__battle__model_a_id",
    "vote__battle__model_b_id",
    "vote__choice",
    "vote__score",
)
_DIGEST_MODULUS = 2**256

#: The category of a board and two entries of it, the lower pk first; sums in the order of SUMS, then of SQUARES.
Pair = tuple[str, int, int]
Sums = dict[Pair, list[float]]
#: Places in SUMS, each with the part of a vote that belongs there.
Parts = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class WeightedVote:
    """One vote as boards need it. Made by `of`, which computes the last two fields from the others.

    score: points of side A, None where the choice says them. boards: the categories of the boards that it is on, the
    overall one first; mark: what it adds to their digests.
    """

    vote_id: int
    battle_id: str
    model_a: int
    model_b: int
    choice: Choice
    weight: float
    categories: tuple[str, ...]
    score: float | None
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
        score: float | None = None,
    ) -> "WeightedVote":
        """Return the vote with its boards and its mark. choice: a value of Choice; an unknown one is a ValueError."""
        id, known = str(battle_id), Choice(choice)
        graded = None if score == SCORE_OF_A[OUTCOMES[known]] else score
        # Computed here and stored, because a recount asks each vote for them on every board.
        boards = _boards(known in (Choice.MODEL_A, Choice.MODEL_B), categories)
        mark = _mark(id, known, graded, weight=weight)
        return cls(vote_id, id, model_a, model_b, known, weight, categories, graded, boards, mark)

    def weighing(self, weight: float) -> "WeightedVote":
        """Return the same vote with another weight."""
        return replace(self, weight=weight, mark=_mark(self.battle_id, self.choice, self.score, weight=weight))

    @property
    def pair(self) -> tuple[int, int]:
        """Return the entries' pks, the lower one first."""
        return min(self.model_a, self.model_b), max(self.model_a, self.model_b)

    @property
    def parts(self) -> Parts:
        """Return the columns of PairCount that sum it, as places in SUMS, each with the part that it adds there."""
        return _parts(self.choice, self.score, self.model_a < self.model_b)


@lru_cache(4096)
def _boards(is_decisive: bool, categories: tuple[str, ...]) -> tuple[str, ...]:
    return (OVERALL, *((NO_TIES,) if is_decisive else ()), *categories)


@lru_cache(4096)
def _parts(choice: Choice, score: float | None, a_is_first: bool) -> Parts:
    if score is not None:
        share = score if a_is_first else 1 - score
        return ((0, share), (1, 1 - share), (SUMS.index("split"), score * (1 - score)))
    if choice in (Choice.TIE, Choice.BOTH_BAD):
        return ((SUMS.index("ties" if choice == Choice.TIE else "both_bad"), 1.0),)
    return ((0 if (choice == Choice.MODEL_A) == a_is_first else 1, 1.0),)


def _mark(battle_id: str, choice: Choice, score: float | None, *, weight: float) -> int:
    if weight == 0:
        return 0
    graded = "" if score is None else f"|{score!r}"
    return int.from_bytes(hashlib.sha256(f"{battle_id}|{choice.value}|{weight!r}{graded}".encode()).digest(), "big")


def weighted(vote: Vote, weight: float, categories: Iterable[str] = ()) -> WeightedVote:
    """Return the vote as boards need it. Expects it with its battle; raises ValueError where that has one side only."""
    battle = vote.battle
    if battle.model_b_id is None:
        raise ValueError(f"battle {battle.id} has one side only: a vote on it compares nothing")
    sides = (battle.model_a_id, battle.model_b_id)
    return WeightedVote.of(vote.pk, battle.id, *sides, vote.choice, weight, tuple(categories), vote.score)


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
        score=_scores([vote.score for vote in votes]),
        features=features,
        n_models=len(index),
    )


def _scores(scores: Sequence[float | None]) -> FloatArray | None:
    """Return the scores (votes,), NaN where the choice says them; None where it says all."""
    return np.array(scores, dtype=np.float64) if any(score is not None for score in scores) else None


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
    if np.array_equal(sums, squares):  # all weights are 0 or 1
        return _pair_counts(first, second, sums, size=len(ids))
    squared = _pair_counts(first, second, squares, size=len(ids))
    return _pair_counts(first, second, sums, size=len(ids), squares=squared)


def _pair_counts(
    first: IntArray, second: IntArray, sums: FloatArray, *, size: int, squares: PairCounts | None = None
) -> PairCounts:
    """Return the sums as matrices. first, second: (pairs,) places; sums: (SUMS, pairs), in their order."""
    wins = np.zeros((size, size))
    wins[first, second], wins[second, first] = sums[:2]
    ties, both_bad, split = np.zeros((len(sums) - 2, size, size))
    for matrix, values in zip((ties, both_bad, split), sums[2:], strict=True):
        matrix[first, second] = matrix[second, first] = values
    return PairCounts(wins, ties, both_bad=both_bad, split=split if split.any() else None, squares=squares)


def add_to_digest(digest: str, votes: Iterable[WeightedVote], *, sign: int = 1) -> str:
    """Return the digest with these votes added, or taken away with sign -1, in any order; weight 0 adds nothing."""
    total = int(digest or "0", 16)
    total += sign * sum(vote.mark for vote in votes)
    return f"{total % _DIGEST_MODULUS:064x}"
