"""Votes as rows of a logistic regression on strengths and style, and the sums over them that a fit needs.

A vote's row x has +1 at model A, -1 at model B, then its covariates. All strengths come first, then the coefficients.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from ratings import vote_rows
from ratings.arrays import FloatArray, IntArray
from ratings.bradley_terry import identified, laplacian
from ratings.comparisons import Comparisons
from ratings.intervals import ROUNDING, spread

ROWS_AT_ONCE = 1 << 16  # of a pass: their intermediate columns fit a cache


class Rows(NamedTuple):
    """Some votes at some parameters: their columns (rows,), and what the parameters expect of them."""

    a: IntArray
    b: IntArray
    covariates: FloatArray  # (k, rows)
    weight: FloatArray
    residual: FloatArray  # score of A minus its expectation
    variance: FloatArray  # p (1 - p)


@dataclass(frozen=True, eq=False)
class Design:
    """Votes with the columns that count besides the two models. covariates: (k, votes), of unit scale."""

    votes: Comparisons
    covariates: FloatArray

    def __len__(self) -> int:
        return self.votes.n_models + len(self.covariates)

    def slopes(self, parameters: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the gradient (len,) and minus the second derivative (len, len) of the log-likelihood.

        parameters: (len,).
        """
        sums, gradient = Gram(self.votes.n_models, len(self.covariates)), np.zeros(len(self))
        for rows in self.rows(parameters):
            surprise = rows.weight * rows.residual
            gradient += np.append(sums.by_model(rows, surprise), rows.covariates @ surprise)
            sums.add(rows, rows.weight * rows.variance)
        return gradient, sums.matrix()

    def log_likelihood(self, parameters: FloatArray) -> float:
        """Return the log-likelihood in nats, at most 0, of parameters (len,)."""
        strengths, coefficients = np.split(parameters, [self.votes.n_models])
        total = 0.0
        for start in range(0, len(self.votes), ROWS_AT_ONCE):
            some = slice(start, start + ROWS_AT_ONCE)
            gap = strengths[self.votes.a[some]] - strengths[self.votes.b[some]]
            gap += coefficients @ self.covariates[:, some]
            total += float(self.votes.weight[some] @ (self.votes.scores(some) * gap - np.logaddexp(0, gap)))
        return total

    def residual_squares(self, parameters: FloatArray) -> FloatArray:
        """Return the outer product (len, len) of the votes' scores: the middle of a sandwich."""
        sums = Gram(self.votes.n_models, len(self.covariates))
        for rows in self.rows(parameters):
            sums.add(rows, (rows.weight * rows.residual) ** 2)
        return sums.matrix()

    def freed_squares(self, parameters: FloatArray, inverse: FloatArray, *, doubt: float) -> FloatArray:
        """Return the same (len, len) with every residual freed from its own vote, as intervals.hc3 does it.

        inverse: (len, len) of the information, whose part in x' inverse x is the vote's leverage.
        """
        sums = Gram(self.votes.n_models, len(self.covariates))
        table = Leverages(inverse, self.votes.n_models)
        for rows in self.rows(parameters):
            leverage = np.clip(rows.weight * rows.variance * table.of(rows), 0.0, 1.0)
            empty = leverage > 1 - ROUNDING
            rest = np.where(empty, 1.0, 1 - leverage)
            unknown = np.where(empty, 1.0, np.minimum(1.0, doubt * leverage))
            freed = (1 - unknown) * (rows.residual / rest) ** 2 + unknown * rows.variance
            sums.add(rows, rows.weight**2 * freed)
        return sums.matrix()

    def as_rows(self, parameters: FloatArray) -> vote_rows.Rows:
        """Return all votes as rows that can be summed by cluster."""
        parts = list(self.rows(parameters))
        n, k = self.votes.n_models, len(self.covariates)
        covariates = (np.broadcast_to(np.int64(n + place), len(self.votes)) for place in range(k))
        signs = np.broadcast_to(np.array([[1.0], [-1.0]]), (2, len(self.votes)))
        return vote_rows.Rows(
            columns=(self.votes.a, self.votes.b, *covariates),
            values=np.concatenate([signs, self.covariates]),
            information=np.concatenate([part.weight * part.variance for part in parts]),
            pull=np.concatenate([part.weight * part.residual for part in parts]),
            size=len(self),
        )

    def rows(self, parameters: FloatArray) -> Iterator[Rows]:
        """Yield all votes in their order, some at a time."""
        strengths, coefficients = np.split(parameters, [self.votes.n_models])
        for start in range(0, len(self.votes), ROWS_AT_ONCE):
            some = slice(start, start + ROWS_AT_ONCE)
            a, b, covariates = self.votes.a[some], self.votes.b[some], self.covariates[:, some]
            chance = expit(strengths[a] - strengths[b] + coefficients @ covariates)
            residual = self.votes.scores(some) - chance
            yield Rows(a, b, covariates, self.votes.weight[some], residual, chance * (1 - chance))


class Gram:
    """The sum over votes of a factor times the outer product of the row with itself."""

    def __init__(self, n_models: int, n_covariates: int) -> None:
        self._links = np.zeros(n_models**2)
        self._across = np.zeros((n_covariates, n_models))
        self._inner = np.zeros((n_covariates, n_covariates))

    def add(self, rows: Rows, factor: FloatArray) -> None:
        """Count these rows. factor: (rows,)."""
        n = self._across.shape[1]
        self._links += np.bincount(rows.a * n + rows.b, factor, minlength=n * n)
        scaled = rows.covariates * factor
        self._inner += scaled @ rows.covariates.T
        for sums, column in zip(self._across, scaled, strict=True):
            sums += self.by_model(rows, column)

    def by_model(self, rows: Rows, values: FloatArray) -> FloatArray:
        """Return the values (rows,) summed over the votes as A, minus those as B, (models,)."""
        n = self._across.shape[1]
        sums: FloatArray = np.zeros(n)
        sums += np.bincount(rows.a, values, minlength=n)
        sums -= np.bincount(rows.b, values, minlength=n)
        return sums

    def matrix(self) -> FloatArray:
        """Return the sum (models + covariates, same), symmetric; every row's first part sums to zero."""
        n = self._across.shape[1]
        links = self._links.reshape(n, n)
        return np.block(
            [[laplacian(links + links.T), self._across.T], [self._across, (self._inner + self._inner.T) / 2]]
        )


class Leverages:
    """The value x' inverse x of any vote, from a table by pair, a table by model, and the covariates' own part."""

    def __init__(self, inverse: FloatArray, n_models: int) -> None:
        self._pairs = spread(inverse[:n_models, :n_models]).ravel()
        self._across = inverse[n_models:, :n_models]
        self._inner = inverse[n_models:, n_models:]

    def of(self, rows: Rows) -> FloatArray:
        """Return x' inverse x of each vote (rows,), at least 0 but for rounding."""
        leverage: FloatArray = self._pairs[rows.a * self._across.shape[1] + rows.b]
        seen = self._inner @ rows.covariates
        for column, across, covariate in zip(seen, self._across, rows.covariates, strict=True):
            leverage += (column + 2 * (across[rows.a] - across[rows.b])) * covariate
        return leverage


def with_identified_strengths(singular: FloatArray, n_models: int) -> FloatArray:
    """Return a design's information (len, len) made invertible, its action on strengths of sum zero unchanged."""
    whole = singular.copy()
    whole[:n_models, :n_models] = identified(singular[:n_models, :n_models])
    return whole
