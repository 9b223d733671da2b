"""A search for the fewest votes that, taken away, give a group another leader."""

from dataclasses import dataclass

import numpy as np

from ratings.arrays import FloatArray, IntArray
from ratings.bootstrap import REMNANT
from ratings.bradley_terry import fit, has_finite_maximum, inverse_information, win_probabilities
from ratings.comparisons import Outcome
from ratings.counts import PairCounts
from ratings.intervals import ROUNDING, leverages, spread
from ratings.threads import bounded

CHALLENGERS = 5
MARGIN = 1e-9  # log-odds; two leaders closer than this are equal
KINDS = (Outcome.MODEL_A, Outcome.TIE, Outcome.BOTH_BAD)  # the planes of the votes below


@dataclass(frozen=True)
class Removal:
    """A number of votes to take away, all between a and b with this outcome; MODEL_A: a had won."""

    a: int
    b: int
    outcome: Outcome
    votes: float


@dataclass(frozen=True)
class Upset:
    """A change of the leader: without these votes the successor leads, by rating, and no longer the leader."""

    leader: int
    successor: int
    removals: tuple[Removal, ...]

    @property
    def votes(self) -> float:
        """Weight of all removals, above 0."""
        return sum(removal.votes for removal in self.removals)


@bounded(len)
def smallest_upset(counts: PairCounts, *, challengers: int = CHALLENGERS, most: float = np.inf) -> Upset | None:
    """Return the fewest votes found whose removal changes rank 1; None if nobody else can lead.

    challengers: how many models, those whose gap to the leader is least certain, are tried as successors.
    most: a search that takes away more votes is given up, which bounds what a clear lead costs; None then, too.
    An upper bound: every answer is checked by a refit, but only an exhaustive search could exclude a smaller
    one. What has no finite maximum any more is fitted with a hundredth of the original votes. Raises
    NoFiniteMaximum, NotConverged.
    Source: Broderick, Giordano and Meager (2020), with each vote's influence made exact by its leverage.
    """
    counts.require_whole("the search for an upset is")
    strengths, votes = fit(counts), _planes(counts)
    if len(counts) < 2:
        return None
    leader = int(np.argmax(strengths))
    rivals = challengers_of(counts, strengths, leader)[:challengers].tolist()
    removals = [way for rival in rivals if (way := _overtake(votes, leader, rival, most=most)) is not None]
    if not removals:
        return None
    removed = _put_back(votes, min(removals, key=np.sum), leader)
    return Upset(leader, _leader(votes - removed, votes, leader), _listed(removed))


def challengers_of(counts: PairCounts, strengths: FloatArray, leader: int) -> IntArray:
    """Return the other models, the least certainly beaten one first."""
    errors = np.sqrt(spread(inverse_information(counts, strengths))[leader])
    others = np.delete(np.arange(len(strengths)), leader)
    order = np.argsort((strengths[leader] - strengths[others]) / errors[others], kind="stable")
    return others[order]


def _overtake(votes: FloatArray, leader: int, challenger: int, *, most: float) -> FloatArray | None:
    """Return the votes (3, n, n) to remove until the leader leads no more, the most harmful ones first.

    None if none help, or more than `most` have gone. A quarter of what the influences ask for goes at a time, for
    they change on the way.
    """
    removed = np.zeros_like(votes)
    while _leader(votes - removed, votes, leader) == leader:
        left = _mended(votes - removed, votes)
        strengths = fit(_counts(left))
        harm = _harm(_counts(left), strengths, leader, challenger).ravel()
        open_cells = np.flatnonzero((harm > MARGIN) & ((votes - removed).ravel() > 0))
        if not open_cells.size:
            return None
        order = open_cells[np.argsort(-harm[open_cells], kind="stable")]
        stock = (votes - removed).ravel()[order]
        removed.ravel()[order] += _part_needed(stock, harm[order], strengths[leader] - strengths[challenger])
        removed = np.minimum(removed, votes)  # sums of fractional weights may round beyond what there was
        if removed.sum() > most:
            return None
    return removed


def _part_needed(stock: FloatArray, harm: FloatArray, gap: float) -> FloatArray:
    """Return the votes (cells,) to take from each cell, in order.

    They are a quarter of the votes that together close the gap, and at least one.
    """
    before = np.concatenate([[0.0], np.cumsum(stock * harm)[:-1]])
    needed = np.clip((gap - before) / harm, 0.0, stock).sum()
    quota = max(1.0, np.ceil(needed / 4))
    taken = np.clip(quota - np.concatenate([[0.0], np.cumsum(stock)[:-1]]), 0.0, stock)
    return np.asarray(taken)


def _harm(counts: PairCounts, strengths: FloatArray, leader: int, challenger: int) -> FloatArray:
    """Return by how much the gap shrinks without one vote of each cell, (3, n, n) in log-odds, to first order."""
    inverse, chance = inverse_information(counts, strengths), win_probabilities(strengths)
    pull = inverse[leader] - inverse[challenger]
    rest = 1 - leverages(counts, chance, inverse)
    lever = np.divide(np.subtract.outer(pull, pull), rest, out=np.zeros_like(rest), where=rest > ROUNDING)
    drawn = np.triu(lever * (0.5 - chance))
    return np.stack([lever * (1 - chance), drawn, drawn])


def _put_back(votes: FloatArray, removed: FloatArray, leader: int) -> FloatArray:
    """Return the removed votes (3, n, n) without those that need not have gone."""
    needed = removed.copy()
    for cell in np.argwhere(removed > 0):
        while needed[tuple(cell)] > 0:
            fewer = needed.copy()
            fewer[tuple(cell)] = max(0.0, fewer[tuple(cell)] - 1)
            if _leader(votes - fewer, votes, leader) == leader:
                break
            needed = fewer
    return needed


def _leader(left: FloatArray, votes: FloatArray, old: int) -> int:
    """Return who leads with the votes that are left: the old leader unless clearly overtaken."""
    return leader_after(fit(_counts(_mended(left, votes))), old)


def leader_after(strengths: FloatArray, old: int) -> int:
    """Return who leads by these strengths (n,): the old leader unless clearly overtaken."""
    first = int(np.argmax(strengths))
    return first if strengths[first] > strengths[old] + MARGIN else old


def _mended(left: FloatArray, votes: FloatArray) -> FloatArray:
    """Return the votes that are left (3, n, n), with so much of all votes added that a finite maximum exists.

    votes: all there were, which have one.
    """
    return left if has_finite_maximum(_counts(left).score) else left + REMNANT * votes


def _planes(counts: PairCounts) -> FloatArray:
    """Return the wins, and one triangle each of the ties and both_bads, (3, n, n)."""
    return np.stack([counts.wins, np.triu(counts.ties), np.triu(counts.both_bad)])


def _counts(planes: FloatArray) -> PairCounts:
    wins, ties, both_bad = planes
    return PairCounts(wins, ties + ties.T, both_bad=both_bad + both_bad.T)


def _listed(removed: FloatArray) -> tuple[Removal, ...]:
    cells = np.argwhere(removed > 0).tolist()
    return tuple(Removal(a, b, KINDS[kind], float(removed[kind, a, b])) for kind, a, b in cells)
