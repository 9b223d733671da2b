"""Votes as rows of a design, and in the order of their clusters: of the voters, say, or of the prompts."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from ratings.arrays import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Rows:
    """Votes as rows of a design: what each adds to the gradient and to the information.

    columns: k times (rows,), places of the parameters that a row speaks of, all different; values: (k, rows) its slopes
    by them, so that a vote on i and j has 1 and -1, or (k, 1) if those of all rows are the same. information: (rows,)
    weight * p * (1 - p); pull: (rows,) weight * (outcome - p). size: the number of parameters.
    """

    columns: tuple[IntArray, ...]
    values: FloatArray
    information: FloatArray
    pull: FloatArray
    size: int

    def __len__(self) -> int:
        return len(self.pull)

    @property
    def width(self) -> int:
        """Of how many parameters a row speaks."""
        return len(self.columns)

    @property
    def is_even(self) -> bool:
        """Whether the slopes of all rows are the same."""
        return bool(self.values.shape[1] == 1)

    @property
    def shares(self) -> FloatArray:
        """The information of each row on each of its parameters alone, (k, rows)."""
        shares: FloatArray = self.information * self.values**2
        return shares

    @cached_property
    def total(self) -> FloatArray:
        """The information of all rows on each parameter alone, (size,)."""
        sums = np.zeros(self.size)
        for column, value in zip(self.columns, self.values, strict=True):
            sums += np.bincount(column, self.information * value**2, minlength=self.size)
        return sums

    def among(self, rows: IntArray) -> "Rows":
        """Return these rows only, in the order named."""
        columns = tuple(column.take(rows) for column in self.columns)
        values = self.values if self.is_even else np.stack([value.take(rows) for value in self.values])
        return Rows(columns, values, self.information.take(rows), self.pull.take(rows), self.size)

    def between(self, start: int, stop: int) -> "Rows":
        """Return the rows from start on and before stop."""
        own = slice(start, stop)
        values = self.values if self.is_even else self.values[:, own]
        columns = tuple(column[own] for column in self.columns)
        return Rows(columns, values, self.information[own], self.pull[own], self.size)


@dataclass(frozen=True, eq=False)
class Clusters:
    """Rows in the order of their clusters, those of fewest rows first.

    bounds: (clusters + 1,) where each begins; number: (clusters,) of each, as the column named it.
    """

    rows: Rows
    bounds: IntArray
    number: IntArray

    def __len__(self) -> int:
        return len(self.number)

    @property
    def sizes(self) -> IntArray:
        """How many rows each has, (clusters,), ascending."""
        return np.diff(self.bounds)

    def between(self, start: int, stop: int) -> Rows:
        """Return the rows of the clusters from start on and before stop."""
        return self.rows.between(int(self.bounds[start]), int(self.bounds[stop]))


def numbered(column: IntArray) -> IntArray:
    """Return the column with numbers from 0 for its own, not many more than there are rows."""
    lowest, highest = int(column.min(initial=0)), int(column.max(initial=0))
    if highest - lowest < 4 * len(column):
        return column - lowest
    return np.unique(column, return_inverse=True)[1].astype(np.int64)


def by_cluster(rows: Rows, cluster: IntArray) -> Clusters:
    """Return the rows by cluster. cluster: (rows,) from `numbered`."""
    sizes = np.bincount(cluster)
    named = np.argsort(sizes, kind="stable")
    n_empty = int((sizes == 0).sum())
    rank = np.empty_like(named)
    rank[named] = np.arange(len(named)) - n_empty
    number = named[n_empty:]
    bounds = np.append(0, np.cumsum(sizes[number]))
    return Clusters(rows.among(counting_order(rank[cluster])), bounds, number)


def both_together(first: IntArray, second: IntArray) -> IntArray:
    """Return a number from 0 for each two that stand in one row, (rows,). first, second: (rows,) from `numbered`."""
    order = counting_order(second)
    order = order[counting_order(first[order])]
    ahead, beside = first[order], second[order]
    is_new = np.append(False, (ahead[1:] != ahead[:-1]) | (beside[1:] != beside[:-1]))
    together = np.empty_like(order)
    together[order] = np.cumsum(is_new)
    return together


def counting_order(numbers: IntArray) -> IntArray:
    """Return the rows (rows,) in ascending order of their numbers, equal ones in their own, by counting."""
    rows = np.arange(len(numbers))
    table = csr_array((rows, (numbers, rows)), shape=(int(numbers.max(initial=-1)) + 1, len(numbers)))
    return np.asarray(table.data)
