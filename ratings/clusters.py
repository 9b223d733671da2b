"""Intervals that do not take the votes of one person for independent ones. They read the votes, not the counts."""

import numpy as np
from scipy.sparse import csr_array
from scipy.special import expit

from ratings.arrays import FloatArray, IntArray
from ratings.bradley_terry import inverse_information, require_finite_maximum
from ratings.comparisons import Comparisons
from ratings.errors import LengthMismatch, RatingsError
from ratings.intervals import around


def covariance(votes: Comparisons, strengths: FloatArray, *, voter: IntArray) -> FloatArray:
    """Return the covariance (n, n) of fitted strengths in log-odds squared, robust to likeness within a voter.

    strengths: (n,) from bradley_terry.fit(votes.fold()); voter: (votes,) whole numbers, equal for one person's
    votes. With every vote from another person: the plain sandwich, times c / (c - 1) for c voters.
    Raises NoFiniteMaximum, LengthMismatch, and RatingsError for a single voter, whose likeness nothing shows.
    Source: Liang and Zeger (1986), with the correction c / (c - 1) for few clusters (Cameron and Miller, 2015).
    """
    if voter.shape != (len(votes),):
        raise LengthMismatch(min(len(votes), len(voter)), [votes.a.shape, voter.shape])
    counts = votes.fold()
    require_finite_maximum(counts)
    if len(counts) < 2:
        return np.zeros((len(counts), len(counts)))
    pulls = _pulls(votes, strengths, voter)
    n_voters = pulls.shape[0]
    if n_voters < 2:
        raise RatingsError("all votes are of one voter; intervals by voter need at least two")
    middle = (pulls.T @ pulls).toarray() * (n_voters / (n_voters - 1))
    return around(inverse_information(counts, strengths), middle)


def _pulls(votes: Comparisons, strengths: FloatArray, voter: IntArray) -> csr_array:
    """Return how much all votes of a voter pull each strength up at the maximum, (voters, n)."""
    chance = expit(strengths[votes.a] - strengths[votes.b])
    counted = votes.weight > 0  # whose votes are all excluded is no voter
    pull = (votes.weight * (votes.score - chance))[counted]
    people, rows = np.unique(voter[counted], return_inverse=True)
    cells = np.concatenate([rows, rows]), np.concatenate([votes.a[counted], votes.b[counted]])
    return csr_array((np.concatenate([pull, -pull]), cells), shape=(len(people), votes.n_models))
