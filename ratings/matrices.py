"""Every model against every other: battles, wins, chances, and their averages. Empty cells are NaN."""

import numpy as np

from ratings.arrays import BoolArray, FloatArray, IntArray
from ratings.bradley_terry import win_probabilities
from ratings.counts import PairCounts


def battle_counts(counts: PairCounts, *, ties: bool = True) -> FloatArray:
    """Return the votes between i and j, (n, n) symmetric, NaN on the diagonal; without ties, only the decided ones."""
    return _emptied(counts.battles if ties else counts.wins + counts.wins.T, np.eye(len(counts), dtype=bool))


def win_fractions(counts: PairCounts, *, ties: bool = True) -> FloatArray:
    """Return the points of i per vote against j, (n, n) in [0, 1], NaN where they never met.

    With ties a tie or both_bad is half a point; without them only decided votes count, as FastChat shows it.
    """
    battles, points = battle_counts(counts, ties=ties), counts.score if ties else counts.wins
    return np.divide(points, battles, out=np.full_like(battles, np.nan), where=battles > 0)


def chances_to_win(strengths: FloatArray, *, group: IntArray | None = None) -> FloatArray:
    """Return the chance that i beats j by their strengths, (n, n) in [0, 1], NaN on the diagonal.

    strengths: (n,) in log-odds, NaN if unrated. group: (n,) as in Standings; NaN between groups.
    Source: Bradley and Terry (1952).
    """
    apart = np.eye(len(strengths), dtype=bool)
    if group is not None:
        apart |= group[:, None] != group[None, :]
    return _emptied(win_probabilities(strengths), apart)


def average_against_others(matrix: FloatArray) -> FloatArray:
    """Return the mean (n,) of each row over the cells that are not NaN; NaN where all are.

    matrix: (n, n). Of chances_to_win: the average win rate against all others, whoever met whom how often.
    """
    known = ~np.isnan(matrix)
    mean, totals = np.full(len(matrix), np.nan), np.where(known, matrix, 0.0).sum(axis=1)
    np.divide(totals, known.sum(axis=1), out=mean, where=known.any(axis=1))
    return mean


def _emptied(matrix: FloatArray, cells: BoolArray) -> FloatArray:
    return np.where(cells, np.nan, matrix)
