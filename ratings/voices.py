"""Weights by which nobody's votes together say more than they know of what others would say.

Votes of one person share the person's taste. The hundredth says little of other people that the first ninety-nine have
not said, and whoever votes most should not decide.
"""

from dataclasses import dataclass

import numpy as np

from ratings.arrays import FloatArray, IntArray
from ratings.bradley_terry import core, fit
from ratings.clusters import rows_of
from ratings.comparisons import Comparisons

TINY = 1e-9  # votes; whoever has fewer is bound by no cap


@dataclass(frozen=True, eq=False)
class Voices:
    """The weights of votes, and what they were made of.

    weights: (votes,) factors in (0, 1], one for all votes of a voter. taste: the standard deviation of the voters'
    tastes, voter by model, in log-odds. half: votes after which one more weighs half as much together with all of its
    voter's; a voter's votes weigh together less than so many. Infinite where no taste is found: then all weights are 1.
    """

    weights: FloatArray
    taste: float
    half: float


def voices(votes: Comparisons, *, voter: IntArray, cap: float = np.inf) -> Voices:
    """Return the weights 1 / (1 + n / half), where n is what the voter's votes weigh, and at most cap / n.

    voter: (votes,) whole numbers; cap: above 0, what a voter's votes weigh together at most. half = models / (2 v
    taste^2), with v the mean p (1 - p) of a vote: so a voter weighs in as the inverse of what the votes leave unknown
    of the voter and of what the voter leaves unknown of others, as in
    a random-effects mean (DerSimonian and Laird, 1986). Raises NotConverged.
    """
    inner, rows = votes.between(core(votes.fold()))
    names, voter = np.unique(voter, return_inverse=True)
    taste, information = _taste(inner, voter[rows])
    half = inner.n_models / (2 * information * taste**2) if taste > 0 else np.inf
    cast = np.bincount(voter, votes.weight, minlength=len(names))[voter]
    return Voices(np.minimum(1 / (1 + cast / half), cap / np.maximum(cast, TINY)), taste, half)


def _taste(votes: Comparisons, voter: IntArray) -> tuple[float, float]:
    """Return the standard deviation of tastes, by moments, and the mean information of a vote, both 0 without votes.

    Two votes of one voter on one model leave residuals whose product is, in the mean, the variance of tastes times both
    informations; twice that where the rival is the same one.
    """
    if not votes.weight.any():
        return 0.0, 0.0
    counted = votes.among(votes.weight > 0)
    rows, voter = rows_of(counted, fit(votes.fold())), voter[votes.weight > 0]
    ends = np.concatenate([counted.a, counted.b]), np.concatenate([counted.b, counted.a])
    pull, information = np.concatenate([rows.pull, -rows.pull]), np.tile(rows.information, 2)
    twice = np.tile(voter, 2)
    by_model = np.unique(twice * votes.n_models + ends[0], return_inverse=True)[1]
    by_pair = np.unique((twice * votes.n_models + ends[0]) * votes.n_models + ends[1], return_inverse=True)[1]
    known = _products(by_model, information) + _products(by_pair, information)
    variance = _products(by_model, pull) / known if known > 0 else 0.0
    return float(np.sqrt(max(variance, 0.0))), float(rows.information.sum() / counted.weight.sum())


def _products(cells: IntArray, values: FloatArray) -> float:
    """Return the sum of the products of each two different values in one cell, each product twice."""
    sums, squares = np.bincount(cells, values), np.bincount(cells, values**2)
    return float((sums**2 - squares).sum())
