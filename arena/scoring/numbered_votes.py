"""The counted votes as arrays, with the numbers of their voters and prompts: what intervals by them need."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import Q

from arena.models import CountedVote, VoteCategory
from arena.models.counts import NO_TIES, OVERALL
from arena.scoring.comparisons import OUTCOMES, WeightedVote, comparisons
from arena.scoring.counted_votes import AT_ONCE
from arena.scoring.numbers import people
from arena.scoring.rating_method import rate_votes
from ratings import clusters
from ratings.arrays import FloatArray, IntArray
from ratings.bradley_terry import core
from ratings.comparisons import Comparisons, Outcome
from ratings.encoding import each_nameless
from ratings.scale import to_log_odds
from ratings.standings import Standings
from ratings.voices import voices

_WHOLE = ("number", "a", "b", "outcome", "voter", "prompt")
_ROW = np.dtype([*((name, "i8") for name in _WHOLE), ("score", "f8"), ("weight", "f8")])
_UNKNOWN = -1


@dataclass(frozen=True, eq=False)
class NumberedVotes:
    """Votes that count, in the order of counting.

    number: (votes,) of CountedVote. voter, prompt: (votes,) equal for the votes of one person, whatever the pseudonyms,
    and for those on one prompt; below 0 and all different where nobody knows them.
    """

    votes: Comparisons
    number: IntArray
    voter: IntArray
    prompt: IntArray

    @property
    def ways(self) -> tuple[IntArray | None, IntArray | None]:
        """The voters and the prompts, None where no two votes hang together by them."""
        voter, prompt = (way if len(np.unique(way)) < len(way) else None for way in (self.voter, self.prompt))
        return voter, prompt

    def between_rated(self) -> "tuple[IntArray, NumberedVotes]":
        """Return the models that their votes alone rate, and the votes between these, who are 0 .. k - 1 there."""
        models = core(self.votes.fold())
        inner, rows = self.votes.between(models)
        return models, NumberedVotes(inner, self.number[rows], self.voter[rows], self.prompt[rows])

    def on(self, board: str) -> "NumberedVotes":
        """Return the votes that are on the board of this category."""
        if board == OVERALL:
            return self
        if board == NO_TIES:
            return self._among(np.flatnonzero(self.votes.outcome < Outcome.TIE))
        numbers = VoteCategory.objects.filter(category=board).values_list("counted_id", flat=True)
        own = np.fromiter(numbers.iterator(chunk_size=AT_ONCE), dtype=np.int64)
        return self._among(np.flatnonzero(np.isin(self.number, own)))

    def standings(self) -> Standings:
        """Return the board with intervals by voter and by prompt. Raises NotConverged."""
        voter, prompt = self.ways
        return rate_votes(self.votes, voter=voter, prompt=prompt)

    def with_even_voices(self, *, cap: float) -> "NumberedVotes":
        """Return the same votes, those of busy voters at less. cap: as in ratings.voices."""
        weights = voices(self.votes, voter=self.voter, cap=cap or np.inf).weights
        return replace(self, votes=self.votes.weighted(self.votes.weight * weights))

    @property
    def voters(self) -> int:
        """How many voters are known."""
        return len(np.unique(self.voter[self.voter >= 0]))

    @property
    def prompts(self) -> int:
        """How many prompts are known."""
        return len(np.unique(self.prompt[self.prompt >= 0]))

    def effective(self, board: Standings) -> tuple[FloatArray, FloatArray]:
        """Return how many voters, and prompts, of equally many votes would say as much of each model, (n,) each.

        NaN where none is known.
        """
        rows = clusters.rows_of(self.votes, to_log_odds(board.rating))
        voters, prompts = (
            clusters.effective(rows, cluster=way) if (way >= 0).any() else np.full(rows.size, np.nan)
            for way in (self.voter, self.prompt)
        )
        return voters, prompts

    def _among(self, rows: IntArray) -> "NumberedVotes":
        return NumberedVotes(self.votes.among(rows), self.number[rows], self.voter[rows], self.prompt[rows])


def numbered_votes(
    ids: Sequence[int],
    *,
    last_number: int,
    weights: Mapping[int, float] | None = None,
    until: datetime | None = None,
) -> NumberedVotes:
    """Return the votes with a weight above zero up to this number. ids: pks of all entries, ascending.

    weights: of some votes by pk, in place of those with which they are counted. until: when it was last said which
    voters are one person.
    """
    others = weights or {}
    votes = CountedVote.objects.filter(Q(weight__gt=0) | Q(vote__in=list(others)), number__lte=last_number)
    battle = ("vote__battle__model_a_id", "vote__battle__model_b_id")
    columns = ("vote_id", "number", *battle, "vote__choice", "voter_number", "prompt_number", "vote__score", "weight")
    rows = votes.order_by("number").values_list(*columns).iterator(chunk_size=AT_ONCE)
    weighed = ((*row, others.get(vote, weight)) for vote, *row, weight in rows)
    return _of((row for row in weighed if row[-1] > 0), ids, people(until=until))


def numbered(
    votes: Comparisons,
    *,
    voters: Sequence[int | None],
    prompts: Sequence[int | None],
    until: datetime | None = None,
) -> NumberedVotes:
    """Return these votes with the numbers of their voters and prompts (votes,), None where nobody knows them.

    until: when it was last said which voters are one person.
    """
    one = people(until=until)
    persons = [None if each is None else one.get(each, each) for each in voters]
    ways = (
        np.array([_UNKNOWN if each is None else each for each in way], dtype=np.int64) for way in (persons, prompts)
    )
    return NumberedVotes(votes, np.arange(len(votes)), *map(each_nameless, ways))


def numbered_again(votes: Sequence[WeightedVote], ids: Sequence[int], *, until: datetime) -> NumberedVotes:
    """Return those of these votes that count, with the numbers that are stored. ids: pks of all entries, ascending.

    until: when it was last said which voters are one person.
    """
    stored = CountedVote.objects.values_list("vote_id", "voter_number", "prompt_number").iterator(chunk_size=AT_ONCE)
    ways = {vote: own for vote, *own in stored}
    counting = [vote for vote in votes if vote.weight > 0]
    numbers = comparisons(counting, {id: place for place, id in enumerate(ids)})
    voters, prompts = ([ways[vote.vote_id][way] for vote in counting] for way in (0, 1))
    return numbered(numbers, voters=voters, prompts=prompts, until=until)


def _of(rows: Iterable[Sequence[Any]], ids: Sequence[int], one: Mapping[int, int]) -> NumberedVotes:
    """Return the rows as arrays. rows: in the order of the fields of _ROW. one: the person by a linked voter."""
    codes = {choice.value: int(outcome) for choice, outcome in OUTCOMES.items()}
    known = (
        (
            number,
            a,
            b,
            codes[choice],
            _UNKNOWN if voter is None else one.get(voter, voter),
            _UNKNOWN if prompt is None else prompt,
            np.nan if score is None else score,
            weight,
        )
        for number, a, b, choice, voter, prompt, score, weight in rows
    )
    table = np.fromiter(known, dtype=_ROW)
    votes = Comparisons(
        np.searchsorted(ids, table["a"]),
        np.searchsorted(ids, table["b"]),
        outcome=table["outcome"],
        n_models=len(ids),
        weight=table["weight"],
        score=None if np.isnan(table["score"]).all() else table["score"],
    )
    ways = (each_nameless(table[way]) for way in ("voter", "prompt"))
    return NumberedVotes(votes, table["number"].copy(), *ways)
