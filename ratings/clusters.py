"""Intervals that do not take votes for independent ones which one person cast, or which one prompt drew.

Of each voter, of each prompt, and of each voter on each prompt, what all its votes together pull is one observation.
A voter who cast much pulled the fit towards itself; so each pull is freed from its own votes, as HC3 does for votes.
"""

from collections.abc import Callable, Sequence

import numpy as np
from scipy.special import expit

from ratings.arrays import FloatArray, IntArray
from ratings.bradley_terry import inverse_information
from ratings.comparisons import Comparisons
from ratings.contrasts import Contrasts, Layer
from ratings.errors import LengthMismatch, RatingsError
from ratings.intervals import around, hc3
from ratings.jackknife import gram, gram_of_pulls
from ratings.vote_rows import Clusters, Rows, both_together, by_cluster, numbered

#: Subtracted from the effective number of clusters. Between the 1 of t(G - 1), which is for clusters of one size, and
#: the 0 that the upward bias of the jackknife pays for: benchmarks.coverage shows what each choice covers.
LOST_FREEDOM = 0.5
FEWEST_FREEDOM = 1.0

#: Return the errors of parameters from the middle (size, size) of a way and its degrees of freedom (size, size).
LayerOf = Callable[[FloatArray, FloatArray], Layer]


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
        if counted.size and counted[-1] == counted[0] and (counted == counted[0]).all():
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
    ways = tuple(None if way is None else _fitting(way, len(votes)) for way in (voter, prompt))
    if not (counted := votes.weight > 0).all():  # whose votes are all excluded is no voter
        ways, votes = tuple(None if way is None else way[counted] for way in ways), votes.among(counted)
    return Contrasts((alone, *layers(rows_of(votes, strengths), inverse_information(counts, strengths), ways=ways)))


def rows_of(votes: Comparisons, strengths: FloatArray) -> Rows:
    """Return the votes as rows of the Bradley-Terry design. strengths: (n,) in log-odds, fitted to them."""
    chance = expit(strengths[votes.a] - strengths[votes.b])
    return Rows(
        columns=(votes.a, votes.b),
        values=np.array([[1.0], [-1.0]]),
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
    columns = [numbered(_fitting(way, len(rows))) for way in ways if way is not None]
    columns = [column for column in columns if (column != column[:1]).any()]
    prior = np.zeros_like(bread) if ridge is None else np.diag(ridge)
    found = [_by_one_way(rows, bread, cluster=column) for column in columns]
    make = layer_of or (lambda middle, freedom: Layer(around(bread, middle), freedom))
    layers = [make(middle + prior, freedom) for middle, freedom in found]
    if len(columns) == 2:
        (first, free), (second, as_free) = found
        cells = by_cluster(rows, both_together(*columns))
        shared = _jackknifed(gram_of_pulls(cells, bread), cells)
        both = make(first + second - shared + prior, np.minimum(free, as_free))
        layers.append(Layer(_without_negative(both.covariance), both.freedom))
    return layers


def _by_one_way(rows: Rows, bread: FloatArray, *, cluster: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return the sum over the clusters of the outer product of their freed pulls, and the freedom, (size, size) each.

    cluster: (rows,) from vote_rows.numbered. bread @ sum @ bread is the variance of the fits without one cluster each,
    by one Newton step.
    """
    clusters = by_cluster(rows, cluster)
    pulls, shares = gram(clusters, bread)
    return _jackknifed(pulls, clusters), freedom(rows.total, shares)


def _jackknifed(pulls: FloatArray, clusters: Clusters) -> FloatArray:
    return pulls * ((len(clusters) - 1) / len(clusters))


def freedom(total: FloatArray, shares: FloatArray) -> FloatArray:
    """Return the degrees of freedom of each parameter, on the diagonal, and of each difference of two, (size, size).

    total: (size,) the information on each parameter alone; shares: (size, size) the sum over the clusters of the outer
    product of theirs. The effective number of the clusters that the information on them comes from, by Kish (1965),
    less LOST_FREEDOM. Source: Carter, Schnepel and Steigerwald (2017), who count effective clusters by contrast.
    """
    known = np.where(total > 0, total, np.inf)
    both = shares / np.outer(known, known) ** 2
    own = both.diagonal()
    spread = own[:, None] + own[None, :] + 2 * both
    sums = (1 / known[:, None] + 1 / known[None, :]) ** 2
    found = np.divide(sums, spread, out=np.ones_like(spread), where=spread > 0)
    np.fill_diagonal(found, _kish(total, shares.diagonal()))
    lost: FloatArray = np.maximum(found - LOST_FREEDOM, FEWEST_FREEDOM)
    return lost


def effective(rows: Rows, *, cluster: IntArray) -> FloatArray:
    """Return the effective number of clusters of each parameter, (size,), by Kish (1965); 0 where it has none."""
    number = numbered(_fitting(cluster, len(rows)))
    cells, place = np.unique(
        np.concatenate([number * rows.size + column for column in rows.columns]), return_inverse=True
    )
    each = np.bincount(place, rows.shares.ravel())
    return _kish(rows.total, np.bincount(cells % rows.size, each**2, minlength=rows.size).astype(np.float64))


def _kish(total: FloatArray, squares: FloatArray) -> FloatArray:
    """Return how many equal shares say as much as those whose sum and sum of squares these are, (size,)."""
    number: FloatArray = np.divide(total**2, squares, out=np.zeros_like(total), where=squares > 0)
    return number


def _fitting(column: IntArray, rows: int) -> IntArray:
    """Return the column. Raises LengthMismatch, and RatingsError where it is not of whole numbers."""
    if column.shape != (rows,):
        raise LengthMismatch(min(rows, column.size), [(rows,), column.shape])
    if column.dtype.kind not in "iu":
        raise RatingsError("voters and prompts must be whole numbers, equal for one person's votes and one prompt's")
    return column


def _without_negative(covariance: FloatArray) -> FloatArray:
    """Return the nearest positive semi-definite matrix, (n, n)."""
    values, vectors = np.linalg.eigh(covariance)
    if values[0] >= 0:
        return covariance
    mended: FloatArray = (vectors * np.maximum(values, 0.0)) @ vectors.T
    return (mended + mended.T) / 2
