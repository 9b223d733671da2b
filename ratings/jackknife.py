"""What single clusters of votes pull at a fit, each freed from its own votes: the sums that intervals by cluster need.

A cluster with information L and gradient g moves the fit by S (1 - L S)^-1 g when it is left out, S being the inverse
information of all. Most clusters are small beside all, and then g + L S g + L S L S g + ... ends after a term or two;
the others are solved.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ratings.arrays import BoolArray, FloatArray, IntArray
from ratings.intervals import spread
from ratings.vote_rows import Clusters, Rows

Number = TypeVar("Number", bound=np.generic)

#: Log-odds, by which the series moves a standard deviation at most: no half-width by 0.001 points, even where Student's
#: t has one degree of freedom. Few rows are summed until nothing but rounding is left.
TOLERANCE, ROUNDING, FEW_ROWS = 4e-7, 1e-13, 20_000
#: Whose largest part of the information on any direction is below this is freed by the series, others are solved.
LIGHT = 0.3
#: Of fewer, no direction has so much of its information from one cluster that it could not be freed.
HALF = 0.5
#: A direction of which a cluster has more than this part of the information is known by that cluster alone.
ALONE = 1 - 1e-6
#: Clusters that speak of fewer parameters than this part of all are summed in tables of their own parameters.
FEW = 1 / 8
CELLS_AT_ONCE = 1 << 18
#: Where the information of all clusters takes so few cells, solving them together is faster than telling them apart.
TINY = 1 << 13


@dataclass(frozen=True, eq=False)
class Part:
    """Some clusters: their freed pulls and their information on single parameters.

    first: the place of the first one. pulls, shares: (clusters, m), of the parameters at (clusters, m), which may
    repeat; of all parameters where at is None.
    """

    first: int
    pulls: FloatArray
    shares: FloatArray
    at: IntArray | None


@dataclass(frozen=True, eq=False)
class Whole:
    """The inverse information (size, size), and what says how light a cluster is.

    per_total: (size,) one over the information on single parameters, 0 where there is none. gain: by which a cluster's
    part of that on any direction is at most larger than its largest part of them. limit: of the rest of a series.
    """

    bread: FloatArray
    per_total: FloatArray
    gain: float
    limit: float

    @classmethod
    def of(cls, rows: Rows, bread: FloatArray) -> "Whole":
        root = np.sqrt(rows.total)
        gain = rows.width * _largest_eigenvalue(bread * np.outer(root, root))
        reach = np.sqrt(gain * max(float(spread(bread).max()), float(bread.diagonal().max())))
        return cls(
            bread,
            1 / np.where(rows.total > 0, rows.total, np.inf),
            gain,
            (ROUNDING if len(rows) <= FEW_ROWS else TOLERANCE) / reach,
        )


class Rest:
    """What a series still leaves out, of each cluster.

    light: (clusters,) of the information on any direction, the part that it has at most, below 1.
    """

    def __init__(self, light: FloatArray, limit: float) -> None:
        self._light, self._limit = light, limit * (1 - light)
        self._rest: FloatArray | None = None

    def after(self, found: FloatArray, moved: FloatArray) -> None:
        """Know that one more term is added. found: (clusters, m) so far; moved: (clusters, m), by how much it moves."""
        if self._rest is None:
            self._rest = np.sqrt(self._light * np.maximum(np.einsum("ci,ci->c", found, moved), 0.0))
        self._rest = self._rest * self._light

    @property
    def is_small(self) -> bool:
        return self._rest is not None and not (self._rest > self._limit).any()


def gram(clusters: Clusters, bread: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the sums over clusters of outer products, (size, size) each: of freed pulls, and of information.

    bread: (size, size) the inverse information, positive definite.
    """
    size = clusters.rows.size
    pulls, shares = np.zeros((2, size, size))
    for part in parts(clusters, bread):
        pulls += outer_sum(part.pulls, part.at, size)
        shares += outer_sum(part.shares, part.at, size)
    return pulls, shares


def gram_of_pulls(clusters: Clusters, bread: FloatArray) -> FloatArray:
    """Return the first of these sums only."""
    size = clusters.rows.size
    pulls = np.zeros((size, size))
    for part in parts(clusters, bread):
        pulls += outer_sum(part.pulls, part.at, size)
    return pulls


def outer_sum(table: FloatArray, at: IntArray | None, size: int) -> FloatArray:
    """Return the sum of the outer products of the lines of a table (clusters, m) with themselves, (size, size)."""
    if at is None:
        return np.asarray(table.T @ table)
    return _summed(_cells(at, size), table[:, :, None] * table[:, None, :], (size, size))


def freed(clusters: Clusters, bread: FloatArray) -> FloatArray:
    """Return the freed pulls (clusters, size), in the order of the clusters."""
    table = np.zeros((len(clusters), clusters.rows.size))
    for part in parts(clusters, bread):
        rows = np.arange(part.first, part.first + len(part.pulls))
        if part.at is None:
            table[rows] = part.pulls
        else:
            np.add.at(table, (rows[:, None], part.at), part.pulls)
    return table


def parts(clusters: Clusters, bread: FloatArray) -> Iterator[Part]:
    """Yield all clusters, some at a time."""
    if len(clusters) * clusters.rows.size**2 <= TINY:
        yield _tiny(clusters, bread)
        return
    whole, rows, sizes = Whole.of(clusters.rows, bread), clusters.rows, clusters.sizes
    few = int(np.searchsorted(sizes * rows.width, max(FEW * rows.size, rows.width), side="right"))
    for start, stop in _batches((rows.width * sizes[:few]) ** 2, starts=np.diff(sizes[:few], prepend=-1) != 0):
        yield _small(clusters.between(start, stop), whole, first=start, n=int(sizes[start]))
    for start, stop in _batches(rows.size + 2 * sizes[few:]):
        start, stop = few + start, few + stop
        yield _large(clusters.between(start, stop), whole, first=start, sizes=sizes[start:stop])


def _batches(cells: IntArray, starts: BoolArray | None = None) -> Iterator[tuple[int, int]]:
    """Yield the first cluster and the one after the last of some whose tables fit a cache together.

    cells: (clusters,) of the tables of each; starts: (clusters,) with which a batch has to begin.
    """
    begin = np.diff(np.cumsum(cells) // CELLS_AT_ONCE, prepend=-1) != 0
    if starts is not None:
        begin |= starts
    yield from pairwise([*np.flatnonzero(begin).tolist(), len(cells)])


def _tiny(clusters: Clusters, bread: FloatArray) -> Part:
    rows, sizes = clusters.rows, clusters.sizes
    shares = _summed(_table_cells(rows, sizes), rows.shares, (len(sizes), rows.size))
    return Part(0, _by_parameters(rows, bread, sizes=sizes), shares, None)


def _small(rows: Rows, whole: Whole, *, first: int, n: int) -> Part:
    """Return clusters of n rows each, by the parameters of these rows."""
    pull, weight = rows.pull.reshape(-1, n), rows.information.reshape(-1, n)
    kernel = _kernel(rows, whole.bread, n=n)
    light = (weight * np.einsum("cvv->cv", kernel)).sum(axis=1)
    is_heavy = light >= LIGHT
    freed_pull = _series_by_rows(pull, weight, kernel, light=np.where(is_heavy, 0.0, light), limit=whole.limit)
    if is_heavy.any():
        freed_pull[is_heavy] = _solved_by_rows(pull[is_heavy], weight[is_heavy], kernel[is_heavy])
    pulls, shares = (_side_by_side(table, n) for table in (freed_pull.ravel() * rows.values, rows.shares))
    return Part(first, pulls, shares, _side_by_side(rows.columns, n))


def _side_by_side(lines: Iterable[NDArray[Number]], n: int) -> NDArray[Number]:
    """Return what stands in the n rows of each cluster, (clusters, k * n). lines: (k, clusters * n)."""
    return np.concatenate([line.reshape(-1, n) for line in lines], axis=1)


def _kernel(rows: Rows, bread: FloatArray, *, n: int) -> FloatArray:
    """Return x' S x for each two rows of one cluster, (clusters, n, n)."""
    columns = [column.reshape(-1, n) for column in rows.columns]
    values = rows.values.reshape(rows.width, -1, 1 if rows.is_even else n)
    kernel: FloatArray = np.zeros((len(rows) // n, n, n))
    for i, j in product(range(rows.width), repeat=2):
        cells = (columns[i] * rows.size)[:, :, None] + columns[j][:, None, :]
        kernel = kernel + values[i][:, :, None] * values[j][:, None, :] * bread.take(cells)
    return kernel


def _series_by_rows(
    pull: FloatArray, weight: FloatArray, kernel: FloatArray, *, light: FloatArray, limit: float
) -> FloatArray:
    """Return the freed pulls (c, n) of rows, to the limit. light: (c,) of how much a cluster has at most, below 1."""
    found, rest = pull, Rest(light, limit)
    while True:
        moved: FloatArray = np.einsum("cij,cj->ci", kernel, found)
        rest.after(found, moved)
        found = pull + weight * moved
        if rest.is_small:
            return found


def _solved_by_rows(pull: FloatArray, weight: FloatArray, kernel: FloatArray) -> FloatArray:
    """Return the freed pulls (c, n) of the rows of clusters; what a cluster knows alone cannot be freed and stays."""
    if (weight * np.einsum("cvv->cv", kernel)).sum(axis=1).max() < HALF:
        left: FloatArray = np.eye(pull.shape[1]) - weight[:, :, None] * kernel
        return np.asarray(np.linalg.solve(left, pull[:, :, None])[:, :, 0])
    root = np.sqrt(weight)
    leverage, directions = np.linalg.eigh(root[:, :, None] * kernel * root[:, None, :])
    factor = np.where(leverage < ALONE, 1 / np.maximum(1 - leverage, 1 - ALONE), 0.0)
    seen = root[:, :, None] * (kernel @ pull[:, :, None])
    moved = directions @ (factor[:, :, None] * (directions.transpose(0, 2, 1) @ seen))
    return np.asarray(pull + root * moved[:, :, 0])


def _large(rows: Rows, whole: Whole, *, first: int, sizes: IntArray) -> Part:
    """Return clusters of these many rows each, by all parameters."""
    shape = len(sizes), rows.size
    cells = _table_cells(rows, sizes)
    shares = _summed(cells, rows.shares, shape)
    light = whole.gain * (shares * whole.per_total).max(axis=1)
    is_heavy = light >= LIGHT
    pulls = _series(rows, cells, whole, light=np.where(is_heavy, 0.0, light), shape=shape)
    if is_heavy.any():
        _solve(pulls, rows, whole.bread, sizes=sizes, chosen=is_heavy)
    return Part(first, pulls, shares, None)


def _series(rows: Rows, cells: IntArray, whole: Whole, *, light: FloatArray, shape: tuple[int, int]) -> FloatArray:
    found, rest = _summed(cells, rows.pull * rows.values, shape), Rest(light, whole.limit)
    while True:
        moved = found @ whole.bread
        rest.after(found, moved)
        pull = rows.pull + rows.information * (moved.take(cells) * rows.values).sum(axis=0)
        found = _summed(cells, pull * rows.values, shape)
        if rest.is_small:
            return found


def _solve(pulls: FloatArray, rows: Rows, bread: FloatArray, *, sizes: IntArray, chosen: BoolArray) -> None:
    """Put the freed pulls of the chosen clusters among the pulls (clusters, size)."""
    bounds = np.append(0, np.cumsum(sizes))
    for n in np.unique(sizes[chosen]).tolist():
        own = np.flatnonzero(chosen & (sizes == n))
        of_them = rows.among((bounds[own][:, None] + np.arange(n)).ravel())
        way = _by_rows if n < rows.size else _by_parameters
        pulls[own] = way(of_them, bread, sizes=sizes[own])


def _by_rows(rows: Rows, bread: FloatArray, *, sizes: IntArray) -> FloatArray:
    """Return the freed pulls (clusters, size) of clusters of equally many rows, solved for these."""
    n = int(sizes[0])
    pull = _solved_by_rows(rows.pull.reshape(-1, n), rows.information.reshape(-1, n), _kernel(rows, bread, n=n))
    return _summed(_table_cells(rows, sizes), pull.ravel() * rows.values, (len(sizes), rows.size))


def _by_parameters(rows: Rows, bread: FloatArray, *, sizes: IntArray) -> FloatArray:
    """Return the freed pulls (clusters, size) of clusters of these many rows each, solved for all parameters."""
    cells, shape = _table_cells(rows, sizes), (len(sizes), rows.size)
    pulls = _summed(cells, rows.pull * rows.values, shape)
    outer = rows.information * rows.values[:, None] * rows.values
    own = _summed(cells[:, None] * rows.size + np.stack(rows.columns), outer, (*shape, rows.size))
    is_free = np.einsum("cij,ji->c", own, bread) < HALF
    left = np.eye(rows.size) - own[is_free] @ bread
    pulls[is_free] = np.linalg.solve(left, pulls[is_free][:, :, None])[:, :, 0]
    if not is_free.all():
        pulls[~is_free] = _by_direction(own[~is_free], bread, pulls[~is_free])
    return pulls


def _by_direction(own: FloatArray, bread: FloatArray, pulls: FloatArray) -> FloatArray:
    """Return the same direction by direction. own: (c, size, size) information; pulls: (c, size), not freed yet."""
    root = np.linalg.cholesky(bread)
    leverage, directions = np.linalg.eigh(root.T @ own @ root)
    factor = np.where(leverage < ALONE, 1 / np.maximum(1 - leverage, 1 - ALONE), 1.0)
    turned = directions.transpose(0, 2, 1) @ (pulls @ root)[:, :, None]
    freed = (directions @ (factor[:, :, None] * turned))[:, :, 0]
    return np.asarray(np.linalg.solve(root.T, freed.T).T)


def _table_cells(rows: Rows, sizes: IntArray) -> IntArray:
    """Return where each row's parameters stand in a table of clusters by parameters, (k, rows)."""
    return np.stack(rows.columns) + np.repeat(np.arange(len(sizes)) * rows.size, sizes)


def _cells(at: IntArray, size: int) -> IntArray:
    return at[:, :, None] * size + at[:, None, :]


def _summed(cells: IntArray, values: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    sums = np.bincount(cells.ravel(), values.ravel(), minlength=int(np.prod(shape)))
    return sums.astype(float, copy=False).reshape(shape)


def _largest_eigenvalue(matrix: FloatArray) -> float:
    """Return an upper bound of the largest eigenvalue of a positive definite matrix, at most 3 times it."""
    power = matrix
    for _ in range(3):
        power = np.asarray(power @ power)
    return float(np.linalg.norm(power, np.inf) ** (1 / 8))
