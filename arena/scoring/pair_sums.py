"""The sums of weights that boards are fitted to: by category, pair of entries and choice."""

from collections.abc import Iterable, Mapping, Sequence

from arena.models import PairCount
from arena.models.counts import SQUARES, SUMS
from arena.models.inserting import insert_rows
from arena.scoring.comparisons import Pair, Sums, WeightedVote

_KEY = ("category", "first_id", "second_id")


def pairs_of(vote: WeightedVote) -> list[Pair]:
    """Return the vote's pair on each board that it is on."""
    return [(board, *vote.pair) for board in vote.boards]


def sums_of(votes: Iterable[WeightedVote]) -> Sums:
    """Return the sums of these votes alone."""
    return _added({}, votes)


def add_to_sums(votes: Sequence[WeightedVote]) -> None:
    """Count these votes for the first time. For the holder of the board's lock."""
    if votes:
        replace_sums(_added(_stored({pair for vote in votes for pair in pairs_of(vote)}), votes))


def replace_sums(sums: Mapping[Pair, Sequence[float]]) -> None:
    """Store these sums in place of the same pairs' earlier ones. For the holder of the board's lock."""
    rows = ((*pair, *row) for pair, row in sums.items())
    insert_rows(PairCount, (*_KEY, *SUMS, *SQUARES), rows, update_conflicts=_KEY)


def replace_all_sums(sums: Mapping[Pair, Sequence[float]]) -> None:
    """Store these sums in place of all. For the holder of the board's lock, in a transaction."""
    PairCount.objects.all().delete()
    replace_sums(sums)


def _stored(pairs: set[Pair]) -> Sums:
    """Return the sums so far of these pairs; a pair that is counted for the first time has none."""
    boards, firsts, seconds = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}, {pair[2] for pair in pairs}
    rows = PairCount.objects.filter(category__in=boards, first__in=firsts, second__in=seconds)
    stored = {(board, first, second): sums for board, first, second, *sums in rows.values_list(*_KEY, *SUMS, *SQUARES)}
    return {pair: stored[pair] for pair in pairs & stored.keys()}


def _added(sums: Sums, votes: Iterable[WeightedVote]) -> Sums:
    for vote in votes:
        parts, weight, (first, second) = vote.parts, vote.weight, vote.pair
        for board in vote.boards:
            row = sums.get(pair := (board, first, second))
            if row is None:
                row = sums[pair] = [0.0] * (len(SUMS) + len(SQUARES))
            for place, part in parts:
                row[place] += weight * part
                row[len(SUMS) + place] += weight * weight * part
    return sums
