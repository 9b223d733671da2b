"""The counting of pending votes: into the sums that the boards are made of."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from arena.models import CountedVote, PendingVote
from arena.models.inserting import insert_rows
from arena.scoring.comparisons import WeightedVote
from arena.scoring.counted_votes import PendingRow, counted_votes, pending_votes
from arena.scoring.numbers import Numbers, numbers_of
from arena.scoring.pair_sums import add_to_sums, pairs_of, replace_sums, sums_of
from arena.scoring.prepare import Prepared
from arena.scoring.text_features import VoteFeatures
from arena.scoring.vote_categories import add_categories, categories_of
from arena.scoring.vote_features import features_of
from arena.scoring.vote_groups import groups_of
from arena.votes.policy import of_counted_sources, weight_of_counted, weights_of

_COLUMNS = ("vote_id", "number", "weight", "style", "voter_number", "prompt_number")

Change = tuple[WeightedVote, WeightedVote]  # as counted before, as counted now


@dataclass(frozen=True)
class Counting:
    """One round of counting: votes whose weight has changed, and votes counted for the first time, in their order.

    gather: reads every counted vote. Only a change of weight and a first board need them.
    """

    changed: Sequence[Change]
    added: Sequence[WeightedVote]
    gather: Callable[[], Sequence[WeightedVote]]

    @cached_property
    def all_votes(self) -> Sequence[WeightedVote]:
        """Return every counted vote, in the order of counting."""
        return self.gather()

    @property
    def boards(self) -> set[str]:
        """Return the categories whose boards this round changes."""
        return {board for vote in (*self.added, *(now for _, now in self.changed)) for board in vote.boards}

    def on(self, board: str) -> "Counting":
        """Return the part of this round that concerns this board."""
        changed = [change for change in self.changed if board in change[1].boards]
        return Counting(changed, _on(board, self.added), lambda: _on(board, self.all_votes))

    def full_rebuild(self) -> "dict[str, Counting]":
        """Return the round of each board as if all votes were counted now, by category."""
        votes: defaultdict[str, list[WeightedVote]] = defaultdict(list)
        for vote in self.all_votes:
            for board in vote.boards:
                votes[board].append(vote)
        return {board: Counting([], on_board, partial(list, on_board)) for board, on_board in votes.items()}


def count_votes(prepared: Prepared) -> Counting:
    """Count the oldest pending votes, and return the round. For the holder of the board's lock, in a transaction.

    prepared: is current; what it lacks, because votes and exclusions came since, is read here.
    """
    pending, rows = pending_votes()
    weights = weights_of({vote.id: vote.source for vote in pending})
    new = [vote for vote in pending if vote.counted is None]
    late = features_of([vote.battle for vote in new if vote.battle not in prepared.features])
    new_features = [prepared.features.get(vote.battle) or late.get(vote.battle) or VoteFeatures() for vote in new]
    changed = _changes([vote for vote in pending if vote.is_changed(weights[vote.id])], weights)
    together = zip(new, new_features, strict=True)
    groups = groups_of(new)
    added = [vote.weighted(weights[vote.id], (*features.categories, *groups[vote.id])) for vote, features in together]
    numbers = numbers_of([vote.voter for vote in new], new_features)
    known = prepared.votes
    counting = Counting(changed, added, counted_votes if known is None else partial(_with, known, changed, added))
    _remember(counting, new_features, numbers)
    # By their own keys: an exclusion that came since the weights were read has a row too, and waits.
    PendingVote.objects.filter(pk__in=rows).delete()
    return counting


def reweigh_sources() -> None:
    """Weigh the votes anew whose source has come onto the board, or left it, since they were counted.

    For the holder of the board's lock. The sums of all boards are due anew after it.
    """
    is_on = of_counted_sources("vote")
    CountedVote.objects.filter(~is_on, weight__gt=0).update(weight=0)
    CountedVote.objects.filter(is_on, weight=0).update(weight=weight_of_counted("vote"))


def _changes(votes: Sequence[PendingRow], weights: Mapping[int, float]) -> list[Change]:
    categories = categories_of([vote.number for vote in votes if vote.number is not None])
    now = [vote.weighted(weights[vote.id], categories.get(vote.number or 0, ())) for vote in votes]
    return [(new.weighing(old.counted or 0.0), new) for old, new in zip(votes, now, strict=True)]


def _with(
    known: Sequence[WeightedVote], changed: Sequence[Change], added: Sequence[WeightedVote]
) -> list[WeightedVote]:
    """Return all votes after this round, in the order of counting, without reading them again."""
    now = {vote.vote_id: vote for _, vote in changed}
    return [*(now.get(vote.vote_id, vote) for vote in known), *added]


def _on(board: str, votes: Sequence[WeightedVote]) -> list[WeightedVote]:
    return [vote for vote in votes if board in vote.boards]


def _remember(counting: Counting, new_features: Sequence[VoteFeatures], new_numbers: Sequence[Numbers]) -> None:
    last = CountedVote.objects.order_by("-number").values_list("number", flat=True).first() or 0
    numbered = list(enumerate(zip(counting.added, new_features, new_numbers, strict=True), last + 1))
    rows = ((vote.vote_id, number, vote.weight, features.style, *own) for number, (vote, features, own) in numbered)
    insert_rows(CountedVote, _COLUMNS, rows)
    add_categories((number, vote.categories) for number, (vote, _, _) in numbered)
    for _, now in counting.changed:
        CountedVote.objects.filter(vote_id=now.vote_id).update(weight=now.weight)
    add_to_sums(counting.added)
    if anew := {pair for _, now in counting.changed for pair in pairs_of(now)}:
        # Taking 0.1 off a sum that held it can leave less than nothing, which no fit accepts.
        met = {(first, second) for _, first, second in anew}
        sums = sums_of(vote for vote in counting.all_votes if vote.pair in met)
        replace_sums({pair: sums[pair] for pair in anew})
