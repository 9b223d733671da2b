"""The rated models of a live board: their exact strengths and nearly exact variances, one vote after another."""

import numpy as np
from scipy.linalg import blas

from ratings.arrays import FloatArray
from ratings.bradley_terry import inverse_information, laplacian, win_probabilities
from ratings.counts import PairCounts
from ratings.intervals import around, freed_squares, leverages
from ratings.live_slopes import variance_slopes
from ratings.standings import MIN_RESIDUAL, MIN_VOTES

TOLERANCE = 1e-12  # log-odds, 2e-10 points; what the step after the last would be
MAX_STEPS = 20
MAX_STEP = 1.0  # log-odds; the curvature of before the vote says little about what is beyond
WEAKEST = 0.5  # of the pair's information must stay when a vote is taken away, or rank one loses digits
ROUNDING = 1e-9  # votes, of a sum that was added up in another order


class Core:
    """Models with finite strengths, and their home: the strengths at which everything was computed from scratch.

    counts: of these models; strengths: (n,) in log-odds, sum zero, at the maximum. The inverse information and
    the covariance follow every vote by its rank-one change, with the curvature of home. What the curvature changes
    on the way from home, the slopes of the variances say.
    """

    def __init__(self, counts: PairCounts, strengths: FloatArray) -> None:
        self._counts, self._home, self.strengths = counts, strengths, strengths.copy()
        self._votes, self._points = counts.votes, counts.score.sum(axis=1)
        self._battles, self._decided = counts.battles.copy(), (counts.wins + counts.wins.T).sum(axis=1)
        self._chance, inverse = win_probabilities(strengths), inverse_information(counts, strengths)
        self._squares = freed_squares(counts, self._chance, leverages(counts, self._chance, inverse))
        covariance = around(inverse, laplacian(self._squares))
        self._at_home = inverse, covariance
        self._slopes: FloatArray | None = None
        self._inverse, self._covariance = inverse.copy(order="F"), covariance.copy(order="F")
        self._shares, self._work = np.zeros(len(counts)), np.empty_like(inverse)

    @property
    def distance(self) -> float:
        """The distance from home: the largest move in log-odds, or the share of a model's information that is new."""
        return max(float(np.abs(self.strengths - self._home).max()), float(self._shares.max()))

    @property
    def is_doubtful(self) -> bool:
        """Whether somebody may have too few votes, or only votes that came out as expected.

        A decided vote is a surprise of at least the chance that the weakest of all beats the strongest.
        """
        upset = self._decided / (1 + np.exp(np.ptp(self.strengths))) ** 2
        silent = upset <= 4 * self._votes * MIN_RESIDUAL**2
        few = (self._votes < MIN_VOTES + ROUNDING) & (self._votes != MIN_VOTES)
        return bool((silent | few).any())

    def variances(self) -> FloatArray:
        """Return the variances (n,) in log-odds squared: HC3 at home.

        Away from home, their relative error is about the square of the distance.
        """
        moved = self.strengths - self._home
        if not moved.any():
            return self._covariance.diagonal().copy()
        if self._slopes is None:  # not before they are needed: a board refreshed on every vote never does
            inverse, covariance = self._at_home
            self._slopes = variance_slopes(self._counts, self._home, inverse=inverse, covariance=covariance)
        followed: FloatArray = self._covariance.diagonal() + self._slopes @ moved
        return followed

    def add(self, a: int, b: int, *, score: float, weight: float, is_decided: bool, pair: PairCounts) -> bool:
        """Count one vote and return True, or False if only a fit from scratch will do.

        After False this core is of no more use.
        score: a's, in [0, 1]; pair: all votes of a, as 0, and b, as 1, with this one.
        """
        expected = 1 / (1 + np.exp(self.strengths[b] - self.strengths[a]))
        self._battles[[a, b], [b, a]] += weight
        self._votes[[a, b]] += weight
        self._points[[a, b]] += weight * score, weight * (1 - score)
        self._decided[[a, b]] += weight * is_decided
        pull = self._follow(a, b, weight=weight, pair=pair)
        return pull is not None and self._climb(weight * (score - expected) * pull)

    def _follow(self, a: int, b: int, *, weight: float, pair: PairCounts) -> FloatArray | None:
        """Return how much one point more for a moves each strength (n,), or None where rank one would lose digits.

        It follows all of H+ G H+. Source: Sherman and Morrison (1950).
        """
        u, q = self._inverse[:, a] - self._inverse[:, b], self._covariance[:, a] - self._covariance[:, b]
        link = weight * self._chance[a, b] * self._chance[b, a]
        grown = 1 + link * (u[a] - u[b])
        if grown < WEAKEST:
            return None
        self._shares[[a, b]] += abs(grown - 1)
        c = link / grown
        self._inverse = blas.dger(-c, u, u, a=self._inverse, overwrite_a=1)
        side = 0.5 * (c * c * (q[a] - q[b]) + self._new_square(a, b, pair=pair) / grown**2) * u - c * q
        self._covariance = blas.dger(1.0, side, u, a=self._covariance, overwrite_a=1)
        self._covariance = blas.dger(1.0, u, side, a=self._covariance, overwrite_a=1)
        pull: FloatArray = u / grown
        return pull

    def _new_square(self, a: int, b: int, *, pair: PairCounts) -> float:
        """Return how much the freed square of the pair changes, with the chances of home."""
        chance, inverse = (matrix[[[a], [b]], [a, b]] for matrix in (self._chance, self._inverse))
        square = freed_squares(pair, chance, leverages(pair, chance, inverse))[0, 1]
        change = float(square - self._squares[a, b])
        self._squares[[a, b], [b, a]] = square
        return change

    def _climb(self, step: FloatArray) -> bool:
        """Move to the maximum by Newton steps and return whether they got there.

        They use the inverse at hand, whose error slows them but does not move the end.
        """
        last = float(np.abs(step).max())
        if last > MAX_STEP:
            return False
        self.strengths += step
        for _ in range(MAX_STEPS):
            step = self._inverse @ self._gradient()
            self.strengths += step
            size = float(np.abs(step).max())
            # Each step is this part of the one before, or the part by which the curvature has changed since home.
            if size * max(self.distance, size / max(last, TOLERANCE)) < TOLERANCE:
                return True
            if size > last / 2:
                return False
            last = size
        return False

    def _gradient(self) -> FloatArray:
        odds = np.exp(self.strengths)
        np.add.outer(odds, odds, out=self._work)
        np.divide(self._battles, self._work, out=self._work)
        gradient: FloatArray = self._points - odds * self._work.sum(axis=1)
        return gradient
