"""The provisional models of a live board, refitted where their opponents moved."""

import numpy as np

from ratings import provisional
from ratings.arrays import FloatArray, IntArray
from ratings.counts import PairCounts
from ratings.provisional import Provisional


class Newcomers:
    """The models of a group outside its core, with the votes that they took part in.

    counts: of the whole board; newcomers, core: (p,), (k,) indices.
    """

    def __init__(self, counts: PairCounts, *, newcomers: IntArray, core: IntArray) -> None:
        self._met = np.flatnonzero(counts.battles[np.ix_(newcomers, core)].any(axis=0))
        self._counts = _with_one_more(counts.among(np.concatenate([newcomers, core[self._met]])))
        self._is_core = np.arange(len(self._counts)) >= len(newcomers)

    def fit(self, core_strengths: FloatArray) -> Provisional:
        """Return the same as provisional.fit on the whole group. core_strengths: (k,) in log-odds, of sum zero."""
        strengths = np.zeros(len(self._counts))
        met = core_strengths[self._met]
        # Core models that met none of them matter only for the mean: one model stands for all of these.
        strengths[self._is_core] = [*met, -met.sum()]
        return provisional.fit(self._counts, strengths, is_core=self._is_core)


def _with_one_more(counts: PairCounts) -> PairCounts:
    """Return the counts with a last model that has no votes."""
    wins, ties, both_bad = (np.pad(matrix, (0, 1)) for matrix in (counts.wins, counts.ties, counts.both_bad))
    return PairCounts(wins, ties, both_bad=both_bad)
