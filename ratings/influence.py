"""What single voters do to a board: how far each moves it, and how few of them hold up its rank 1."""

from dataclasses import dataclass

import numpy as np

from ratings.arrays import BoolArray, FloatArray, IntArray
from ratings.bootstrap import REMNANT
from ratings.bradley_terry import fit, has_finite_maximum, inverse_information
from ratings.clusters import rows_of
from ratings.comparisons import Comparisons
from ratings.jackknife import freed
from ratings.robustness import CHALLENGERS, MARGIN, challengers_of, leader_after
from ratings.threads import bounded
from ratings.vote_rows import by_cluster


@dataclass(frozen=True)
class VoterUpset:
    """A change of the leader: without the votes of these voters the successor leads, and no longer the leader.

    voters: as the votes number them.
    """

    leader: int
    successor: int
    voters: tuple[int, ...]


def influences(votes: Comparisons, strengths: FloatArray, *, voter: IntArray) -> FloatArray:
    """Return how far each strength would move without the votes of each voter, (voters, n) in log-odds.

    strengths: (n,) from bradley_terry.fit(votes.fold()); voter: (votes,) numbered from 0 without a gap. One Newton step
    that leaves the voter out of the information too, as in the cluster jackknife. Raises NoFiniteMaximum.
    """
    bread = inverse_information(votes.fold(), strengths)
    clusters = by_cluster(rows_of(votes, strengths), voter)
    moved = np.zeros((int(voter.max(initial=-1)) + 1, len(strengths)))
    moved[clusters.number] = -(freed(clusters, bread) @ bread)
    return moved


@bounded(lambda votes: votes.n_models)
def fewest_voters(
    votes: Comparisons, *, voter: IntArray, challengers: int = CHALLENGERS, most: float = np.inf
) -> VoterUpset | None:
    """Return the fewest voters found without whom another model leads; None if no such set is found.

    voter: (votes,) whole numbers. challengers, most: as in robustness.smallest_upset, most in voters. An upper bound:
    each answer is checked by a refit. Raises NoFiniteMaximum, NotConverged.
    """
    counts = votes.fold()
    strengths = fit(counts)
    if len(counts) < 2:
        return None
    names, voter = np.unique(voter, return_inverse=True)
    leader = int(np.argmax(strengths))
    rivals = challengers_of(counts, strengths, leader)[:challengers].tolist()
    searched = (_overtake(votes, voter, leader, rival, most=most) for rival in rivals)
    found = [kept for kept in searched if kept is not None]
    if not found:
        return None
    kept = _put_back(votes, voter, max(found, key=np.sum), leader)
    return VoterUpset(leader, _leader(_left(votes, voter, kept), leader), tuple(names[~kept].tolist()))


def _overtake(votes: Comparisons, voter: IntArray, leader: int, rival: int, *, most: float) -> BoolArray | None:
    """Return the voters (voters,) to keep so that the leader leads no more; None if none help, or over `most` would go.

    A quarter of those go at a time that the influences ask for, as influences change on the way.
    """
    kept = np.ones(int(voter.max()) + 1, dtype=bool)
    while _leader(left := _left(votes, voter, kept), leader) == leader:
        strengths = fit(left.fold())
        moved = influences(left, strengths, voter=voter)
        harm = np.where(kept, moved[:, rival] - moved[:, leader], 0.0)
        order = np.argsort(-harm, kind="stable")
        closed = np.cumsum(np.maximum(harm[order], 0.0))
        if harm[order[0]] <= MARGIN:
            return None
        needed = int(np.searchsorted(closed, strengths[leader] - strengths[rival])) + 1
        kept[order[: max(1, min(needed, int((harm > MARGIN).sum())) // 4)]] = False
        if (~kept).sum() > most or not kept.any():
            return None
    return kept


def _put_back(votes: Comparisons, voter: IntArray, kept: BoolArray, leader: int) -> BoolArray:
    """Return the voters to keep, with those that need not have gone."""
    for one in np.flatnonzero(~kept):
        more = kept.copy()
        more[one] = True
        if _leader(_left(votes, voter, more), leader) != leader:
            kept = more
    return kept


def _left(votes: Comparisons, voter: IntArray, kept: BoolArray) -> Comparisons:
    """Return the votes of those who are kept; where these have no finite maximum, a little of all the others too."""
    left = votes.weighted(votes.weight * kept[voter])
    if has_finite_maximum(left.fold().score):
        return left
    return votes.weighted(votes.weight * np.where(kept[voter], 1.0, REMNANT))


def _leader(left: Comparisons, old: int) -> int:
    """Return who leads with the votes that are left: the old leader unless clearly overtaken."""
    return leader_after(fit(left.fold()), old)
