"""Intervals that do not take votes for independent ones which one person cast, or which one prompt drew.

Of each voter, of each prompt, and of each voter on each prompt, what all its votes together pull is one observation.
A voter who cast much pulled the fit towards itself; so each pull is freed from its own votes, as HC3 does for votes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.special import expit

from ratings.arrays import FloatArray, IntArray
from ratings.bradley_terry import inverse_information
from ratings.comparisons import Comparisons
from ratings.contrasts import Contrasts, Layer
from ratings.errors import LengthMismatch, RatingsError
from ratings.intervals import around, hc3

#: A direction of which a cluster has more than this part of the information is known by that cluster alone.
ALONE = 1 - 1e-6
#: Subtracted from the effective number of clusters. Between the 1 of t(G - 1), which is for clusters of one size, and
#: the 0 that the upward bias of the jackknife pays for: benchmarks.coverage shows what each choice covers.
LOST_FREEDOM = 0.5
FEWEST_FREEDOM = 1.0
CELLS_AT_ONCE = 1 << 18

#: Return the errors of parameters from the middle (size, size) of a way and its degrees of freedom (size, size).
LayerOf = Callable[[FloatArray, FloatArray], Layer]


@dataclass(frozen=True, eq=False)
class Rows:
    """Votes as rows of a design: what each adds to the gradient and to the information.

    columns: (rows, k) places of the parameters that a row speaks of; values: (rows, k) its slopes by them, so that
    a vote on i and j has 1 and -1. information: (rows,) weight * p * (1 - p); pull: (rows,) weight * (outcome - p).
    size: the number of parameters.
    """

    columns: IntArray
    values: FloatArray
    information: FloatArray
    pull: FloatArray
    size: int

    def __len__(self) -> int:
        return len(self.pull)

    def among(self, rows: IntArray) -> "Rows":
        """Return these rows only, in the order named."""
        return Rows(self.columns[rows], self.values[rows], self.information[rows], self.pull[rows], self.size)


def covariance(
    votes: Comparisons, strengths: FloatArray, *, voter: IntArray | None = None, prompt: IntArray | None = None
) -> FloatArray:
    """Return the covariance (n, n) of fitted strengths in log-odds squared, at least that of independent votes.

    strengths: (n,) from bradley_terry.fit(votes.fold()); voter, prompt: (votes,) whole numbers, equal for one person's
    votes and for one prompt's. How many of them speak is in `errors`, which the boards use. Raises NoFiniteMaximum,
    LengthMismatch, and RatingsError for a single voter or prompt, whose likeness nothing shows.
    """
    require_two(votes, voter=voter, prompt=prompt)
    return errors(votes, strengths, voter=voter, prompt=prompt).covariance


def require_two(votes: Comparisons, *, voter: IntArray | None, prompt: IntArray | None) -> None:
    """Raise RatingsError where all votes that count are alike, LengthMismatch where a column does not fit them."""
    for name, way in (("of one voter", voter), ("on one prompt", prompt)):
        counted = np.zeros(0) if way is None else _fitting(way, len(votes))[votes.weight > 0]
        if counted.size and (counted == counted[0]).all():
            raise RatingsError(f"all votes are {name}; intervals by it need at least two")


def errors(
    votes: Comparisons, strengths: FloatArray, *, voter: IntArray | None = None, prompt: IntArray | None = None
) -> Contrasts:
    """Return the errors of the strengths and of their differences in log-odds: by vote, by voter and by prompt.

    Arguments as in covariance. A column of one voter, or of one prompt, says nothing and is left out. Raises
    NoFiniteMaximum, LengthMismatch.
    """
    counts = votes.fold()
    alone = Layer(hc3(counts, strengths))
    if len(counts) < 2:
        return Contrasts((alone,))
    counted = votes.weight > 0  # whose votes are all excluded is no voter
    ways = (None if way is None else _fitting(way, len(votes))[counted] for way in (voter, prompt))
    rows, bread = rows_of(votes.among(counted), strengths), inverse_information(counts, strengths)
    return Contrasts((alone, *layers(rows, bread, ways=tuple(ways))))


def rows_of(votes: Comparisons, strengths: FloatArray) -> Rows:
    """Return the votes as rows of the Bradley-Terry design. strengths: (n,) in log-odds, fitted to them."""
    chance = expit(strengths[votes.a] - strengths[votes.b])
    return Rows(
        columns=np.stack([votes.a, votes.b], axis=1),
        values=np.broadcast_to(np.array([1.0, -1.0]), (len(votes), 2)),
        information=votes.weight * chance * (1 - chance),
        pull=votes.weight * (votes.score - chance),
        size=votes.n_models,
    )


def layers(
    rows: Rows,
    bread: FloatArray,
    *,
    ways: Sequence[IntArray | None],
    ridge: FloatArray | None = None,
    layer_of: LayerOf | None = None,
) -> list[Layer]:
    """Return the covariance of the parameters by voter, by prompt, or by each and both together.

    bread: (size, size) the inverse information, positive definite; ways: the voter and the prompt of each row, (rows,)
    whole numbers, or None. ridge: (size,) the precision of a prior on each parameter, which is one observation more.
    layer_of: what makes a layer of a middle, where it is not the bread around it.
    A way with but one cluster is left out, for nothing shows its likeness. Raises LengthMismatch.
    Source: the cluster jackknife CR3 (Bell and McCaffrey, 2002; MacKinnon, Nielsen and Webb, 2023); two ways:
    Cameron, Gelbach and Miller (2011), its negative directions set to nothing.
    """
    columns = [_numbered(way, len(rows)) for way in ways if way is not None]
    columns = [column for column in columns if column.max(initial=0) > 0]
    prior = np.zeros_like(bread) if ridge is None else np.diag(ridge)
    middles = [middle(rows, bread, cluster=way) for way in columns]
    freedoms = [freedom(rows, cluster=way) for way in columns]
    make = layer_of or (lambda middle, freedom: Layer(around(bread, middle), freedom))
    found = [make(one + prior, free) for one, free in zip(middles, freedoms, strict=True)]
    if len(columns) == 2:
        cells = _numbered(columns[0] * (columns[1].max() + 1) + columns[1], len(rows))
        shared = middle(rows, bread, cluster=cells)
        both = make(middles[0] + middles[1] - shared + prior, np.minimum(*freedoms))
        found.append(Layer(_without_negative(both.covariance), both.freedom))
    return found


def middle(rows: Rows, bread: FloatArray, *, cluster: IntArray) -> FloatArray:
    """Return the sum over the clusters of the outer product of their freed pulls, (size, size).

    cluster: (rows,) numbered from 0 without a gap. bread @ middle @ bread is the variance of the fits without one
    cluster each, by one Newton step.
    """
    n_clusters = int(cluster.max()) + 1
    pulls = freed_pulls(rows, bread, cluster)
    product: FloatArray = (pulls.T @ pulls).toarray() * ((n_clusters - 1) / n_clusters)
    return product


def freedom(rows: Rows, *, cluster: IntArray) -> FloatArray:
    """Return the degrees of freedom of each parameter, on the diagonal, and of each difference of two, (size, size).

    The effective number of the clusters that the information on them comes from, by Kish (1965), less LOST_FREEDOM.
    Source: Carter, Schnepel and Steigerwald (2017), who count effective clusters by contrast.
    """
    shares = cluster_information(rows, cluster=cluster)
    total: FloatArray = np.asarray(shares.sum(axis=0))
    known = np.where(total > 0, total, np.inf)
    both = (shares.T @ shares).toarray() / np.outer(known, known) ** 2
    own = both.diagonal()
    spread = own[:, None] + own[None, :] + 2 * both
    sums = (1 / known[:, None] + 1 / known[None, :]) ** 2
    found = np.divide(sums, spread, out=np.ones_like(spread), where=spread > 0)
    np.fill_diagonal(found, _kish(shares))
    lost: FloatArray = np.maximum(found - LOST_FREEDOM, FEWEST_FREEDOM)
    return lost


def effective(rows: Rows, *, cluster: IntArray) -> FloatArray:
    """Return the effective number of clusters of each parameter, (size,), by Kish (1965); 0 where it has none."""
    return _kish(cluster_information(rows, cluster=_numbered(cluster, len(rows))))


def cluster_information(rows: Rows, *, cluster: IntArray) -> csr_array:
    """Return the information of each cluster on each parameter alone, (clusters, size)."""
    return _by_cluster(rows.information[:, None] * rows.values**2, rows, cluster)


def _kish(shares: csr_array) -> FloatArray:
    """Return how many equal shares say as much as those of each column, (size,); 0 where it has none."""
    total, squares = np.asarray(shares.sum(axis=0)), np.asarray((shares * shares).sum(axis=0))
    number: FloatArray = np.divide(total**2, squares, out=np.zeros_like(total), where=squares > 0)
    return number


def _numbered(column: IntArray, rows: int) -> IntArray:
    """Return the clusters of a column numbered from 0 without a gap. Raises LengthMismatch."""
    return np.unique(_fitting(column, rows), return_inverse=True)[1].astype(np.int64)


def _fitting(column: IntArray, rows: int) -> IntArray:
    """Return the column. Raises LengthMismatch, and RatingsError where it is not of whole numbers."""
    if column.shape != (rows,):
        raise LengthMismatch(min(rows, column.size), [(rows,), column.shape])
    if column.dtype.kind not in "iu":
        raise RatingsError("voters and prompts must be whole numbers, equal for one person's votes and one prompt's")
    return column


def freed_pulls(rows: Rows, bread: FloatArray, cluster: IntArray) -> csr_array:
    """Return the freed pulls of the clusters, (clusters, size).

    A cluster with information L pulls (1 - L S)^-1 g, where S is the bread and g its gradient.
    """
    pulls = _by_cluster(rows.pull[:, None] * rows.values, rows, cluster)
    sizes = np.diff(pulls.indptr)
    order = np.argsort(sizes, kind="stable")  # those that speak of equally many parameters are solved together
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    places = _places(pulls, rows, cluster)
    sorted_rows, bounds = _in_order(rank[cluster])
    for start, stop in _batches(sizes[order], np.diff(bounds)):
        some = sorted_rows[bounds[start] : bounds[stop]]
        cells = pulls.indptr[order[start:stop], None] + np.arange(sizes[order[start]])
        at, stack = pulls.indices[cells], rank[cluster[some]] - start
        own = _information_of(rows.among(some), stack=stack, local=places[some], shape=(*at.shape, at.shape[1]))
        pulls.data[cells] = _solved(own, bread[at[:, :, None], at[:, None, :]], pulls.data[cells])
    return pulls


def _by_cluster(values: FloatArray, rows: Rows, cluster: IntArray) -> csr_array:
    """Return the values (rows, k) summed by cluster and parameter, (clusters, size), columns ascending."""
    cells = np.repeat(cluster, rows.columns.shape[1]), rows.columns.ravel()
    table = csr_array((values.ravel(), cells), shape=(int(cluster.max(initial=-1)) + 1, rows.size))
    table.sum_duplicates()
    return table


def _places(table: csr_array, rows: Rows, cluster: IntArray) -> IntArray:
    """Return where each row's parameters stand among those of its cluster, (rows, k)."""
    keys = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr)) * rows.size + table.indices
    found = np.searchsorted(keys, cluster[:, None] * rows.size + rows.columns)
    return np.asarray(found - table.indptr[cluster][:, None])


def _in_order(rank: IntArray) -> tuple[IntArray, IntArray]:
    """Return the rows (rows,) in the order of their rank, and where each rank begins among them, (ranks + 1,)."""
    numbers = np.arange(len(rank))
    table = csr_array((numbers, (rank, numbers)), shape=(int(rank.max()) + 1, len(rank)))  # sorts by counting
    return table.data, table.indptr


def _batches(sizes: IntArray, votes: IntArray) -> Iterator[tuple[int, int]]:
    """Yield the first cluster and the one after the last of some of one size, whose tables fit a cache together.

    sizes: (clusters,) ascending, how many parameters each speaks of; votes: (clusters,) how many rows each has.
    """
    cells = np.cumsum(sizes.astype(np.int64) ** 2 + votes * sizes.astype(np.int64))
    starts = np.flatnonzero((np.diff(sizes, prepend=-1) != 0) | (np.diff(cells // CELLS_AT_ONCE, prepend=0) != 0))
    yield from zip(starts.tolist(), [*starts[1:].tolist(), len(sizes)], strict=True)


def _information_of(rows: Rows, *, stack: IntArray, local: IntArray, shape: tuple[int, ...]) -> FloatArray:
    """Return the information of each cluster, (clusters, m, m). stack: (rows,) the cluster; local: (rows, k) in it."""
    cells = (stack[:, None, None] * shape[1] + local[:, :, None]) * shape[1] + local[:, None, :]
    outer = rows.information[:, None, None] * rows.values[:, :, None] * rows.values[:, None, :]
    size = shape[0] * shape[1] * shape[2]
    return np.bincount(cells.ravel(), outer.ravel(), minlength=size).astype(float).reshape(shape)


def _solved(own: FloatArray, part: FloatArray, gradient: FloatArray) -> FloatArray:
    """Return the freed pulls (c, m). own: (c, m, m) information; part: (c, m, m) of the bread; gradient: (c, m)."""
    if np.einsum("cij,cji->c", own, part).max() < 0.5:  # no direction has half of its information from one cluster
        return np.asarray(np.linalg.solve(np.eye(own.shape[1]) - own @ part, gradient[:, :, None])[:, :, 0])
    return _freed_by_direction(own, part, gradient)


def _freed_by_direction(own: FloatArray, part: FloatArray, gradient: FloatArray) -> FloatArray:
    """Return the same, direction by direction: one that a cluster knows alone cannot be freed and stays as it is."""
    root = np.linalg.cholesky(part)
    across = root.transpose(0, 2, 1)
    leverage, directions = np.linalg.eigh(across @ own @ root)
    factor = np.where(leverage < ALONE, 1 / np.maximum(1 - leverage, 1 - ALONE), 1.0)
    turned = directions.transpose(0, 2, 1) @ (across @ gradient[:, :, None])
    freed = directions @ (factor[:, :, None] * turned)
    return np.asarray(np.linalg.solve(across, freed)[:, :, 0])


def _without_negative(covariance: FloatArray) -> FloatArray:
    """Return the nearest positive semi-definite matrix, (n, n)."""
    values, vectors = np.linalg.eigh(covariance)
    if values[0] >= 0:
        return covariance
    mended: FloatArray = (vectors * np.maximum(values, 0.0)) @ vectors.T
    return (mended + mended.T) / 2
