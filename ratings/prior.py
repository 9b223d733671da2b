"""One prior for every model of a board: strengths are normal around their middle, and nobody knows their spread.

It holds back a rating that few votes have thrown far, an undefeated newcomer's like any other, and with many votes it
is not seen. The spread is not guessed: the votes are fitted at each of several, and each fit counts for as much as its
spread foretells the votes. So a model with one point more never stands lower against the rival it took it from.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from ratings.arrays import FloatArray
from ratings.bradley_terry import climb, guess, identified, log_likelihood
from ratings.contrasts import Layer
from ratings.counts import PairCounts
from ratings.intervals import spread
from ratings.positive_definite import cholesky, inverse_of, solved
from ratings.threads import bounded

#: Log of a chance, beside the likeliest spread's: what is left out moves no rating by 0.001 points.
NEGLIGIBLE = 14.0
STEP_TOLERANCE = 1e-5  # log-odds: the error is about its square, 1e-8 points


@dataclass(frozen=True)
class Prior:
    """Normal strengths whose spread is itself half-normal.

    spreads: the standard deviations in log-odds that are tried, ascending, in about equal ratios; scale: of their
    half-normal distribution.
    """

    spreads: tuple[float, ...]
    scale: float

    @property
    def log_chances(self) -> FloatArray:
        """Logarithm of the chance of each spread before any vote, up to a constant, (spreads,).

        Steps in equal ratios stand for a part of the spreads in proportion to the spread. Source: Gelman (2006).
        """
        spreads = np.array(self.spreads)
        chances: FloatArray = np.log(spreads) - (spreads / self.scale) ** 2 / 2
        return chances


#: The scale foretells small arenas of every spread from 0.2 to 1 log-odds about equally well (benchmarks.prior).
NORMAL = Prior(
    (0.08, 0.1, 0.12, 0.15, 0.18, 0.22, 0.27, 0.33, 0.41, 0.5, 0.61, 0.75, 0.92, 1.12, 1.37, 1.67, 2.05, 2.5), scale=0.6
)
PRIORS: dict[str, Prior | None] = {"normal": NORMAL, "none": None}


@dataclass(frozen=True, eq=False)
class Peak:
    """The most probable strengths at one spread.

    strengths: (n,) in log-odds, of sum zero; factor: of minus the second derivative there, from
    positive_definite.cholesky; log_evidence: of the votes at this spread, by Laplace's method, up to a constant.
    """

    strengths: FloatArray
    factor: tuple[FloatArray, bool]
    log_evidence: float


#: Return the peak at a precision, which is one over the squared spread, climbing from strengths (n,).
FindPeak = Callable[[float, FloatArray], Peak]


@dataclass(frozen=True, eq=False)
class Node:
    """The fit for one spread.

    chance: of the spread, after the votes; precision: of the fit; bread: (n, n), its inverse information.
    """

    chance: float
    precision: float
    strengths: FloatArray
    bread: FloatArray


@dataclass(frozen=True, eq=False)
class Posterior:
    """The fits at all spreads that the votes leave possible."""

    nodes: tuple[Node, ...]

    @cached_property
    def strengths(self) -> FloatArray:
        """The mean of the fits, (n,) in log-odds, of sum zero."""
        return self._mean(node.strengths for node in self.nodes)

    @cached_property
    def bread(self) -> FloatArray:
        """The mean of their inverse information, (n, n)."""
        return self._mean(node.bread for node in self.nodes)

    @property
    def widest_bread(self) -> FloatArray:
        """The inverse information (n, n) at the widest spread, where the prior says least.

        Squared residuals of single votes are freed by it: where votes are few, what they are worth is itself not well
        known, and intervals by the mean cover a hundredth less.
        """
        return self.nodes[-1].bread

    def covariance(self, middle: FloatArray) -> FloatArray:
        """Return the covariance (n, n) of the strengths around the truth.

        middle: (n, n), of the votes' pulls. To what it makes of the votes comes that the prior pulls every truth
        towards the middle, and that the spread is not known.
        """
        return self._of_votes(middle) + self._of_prior

    def layer(self, middle: FloatArray, freedom: FloatArray | None = None) -> Layer:
        """Return the covariance as a layer. freedom: (n, n), with which the middle is known, or None.

        Of a variance only part of which is uncertain, the freedom is so much larger (Satterthwaite, 1946).
        """
        votes = self._of_votes(middle)
        whole = votes + self._of_prior
        if freedom is None:
            return Layer(whole)
        part, all_of_it = _variances(votes), _variances(whole)
        ratio = np.divide(part, all_of_it, out=np.ones_like(part), where=all_of_it > 0)
        return Layer(whole, freedom / np.maximum(ratio, np.finfo(float).tiny ** 0.25) ** 2)

    def _of_votes(self, middle: FloatArray) -> FloatArray:
        breads = np.stack([node.bread for node in self.nodes])
        mean = self._mean(breads @ middle @ breads)
        return (mean + mean.T) / 2

    @cached_property
    def _of_prior(self) -> FloatArray:
        return self._mean(node.precision * _pulled(node.bread) for node in self.nodes) + self._between

    @property
    def _between(self) -> FloatArray:
        """The covariance (n, n) of the fits at different spreads."""
        away = (node.strengths - self.strengths for node in self.nodes)
        return self._mean(np.outer(step, step) for step in away)

    def _mean(self, arrays: Iterable[FloatArray]) -> FloatArray:
        mean: FloatArray = np.asarray(sum(node.chance * array for node, array in zip(self.nodes, arrays, strict=True)))
        return mean


@bounded(len)
def fit_with(counts: PairCounts, prior: Prior) -> Posterior:
    """Return the strengths of all models, in log-odds, a tie as half a win.

    Models that no votes connect are held together by the prior only. Always finite. Raises NotConverged beyond double
    precision. Source: Bradley and Terry (1952), the prior of Leonard (1977); spreads by their evidence: Laplace (1774).
    """
    if not len(counts):
        return Posterior((Node(1.0, 1.0, np.zeros(0), np.zeros((0, 0))),))
    return integrate(partial(_half_win_peak, counts), guess(counts), prior=prior)


def integrate(find_peak: FindPeak, start: FloatArray, *, prior: Prior) -> Posterior:
    """Return the fits at the spreads that the votes leave possible, each with its chance.

    start: (n,) in log-odds, from where the spread that is nearest to its own is climbed to first, and then from each
    to the next, up and down, until a spread is out of the question.
    """
    spreads, chances = np.array(prior.spreads), prior.log_chances
    precisions = (1 / spreads**2).tolist()
    first = int(np.argmin(np.abs(np.log(spreads / max(float(start.std()), spreads[0])))))
    peaks = {first: find_peak(precisions[first], start)}
    likely = {first: peaks[first].log_evidence + chances[first]}
    for way in (range(first + 1, len(spreads)), range(first - 1, -1, -1)):
        precision, peak = precisions[first], peaks[first]
        for k in way:
            ahead = _foreseen(peak, precision, precisions[k])
            precision, peak = precisions[k], find_peak(precisions[k], ahead)
            peaks[k] = peak
            likely[k] = peak.log_evidence + chances[k]
            if likely[k] < max(likely.values()) - NEGLIGIBLE:
                break
    return Posterior(_nodes(peaks, likely, precisions))


def log_evidence(
    log_likelihood: float, strengths: FloatArray, *, factor: FloatArray, precision: float, trace: float
) -> float:
    """Return the logarithm of the chance of the votes at a spread, up to a constant, by Laplace's method.

    log_likelihood: at the peak; factor: (n, n), lower, of the information with the precision on its diagonal, whose
    mean bradley_terry.identified made regular by the trace of the votes' part. That direction is in no vote and does
    not count.
    """
    models = len(strengths)
    log_det = 2 * float(np.log(factor.diagonal()).sum()) - float(np.log(trace / models + precision))
    prior = (models - 1) * float(np.log(precision)) - precision * float(strengths @ strengths)
    return log_likelihood + (prior - log_det) / 2


def _half_win_peak(counts: PairCounts, precision: float, start: FloatArray) -> Peak:
    last: list[tuple[tuple[FloatArray, bool], float]] = []

    def direction(at: FloatArray, gradient: FloatArray, curvature: FloatArray) -> FloatArray:
        whole = identified(curvature)
        whole.flat[:: len(at) + 1] += precision
        factor = cholesky(whole)
        last[:] = [(factor, float(np.trace(curvature)))]
        step: FloatArray = solved(factor, gradient - precision * at)
        return step

    strengths = climb(counts, start, direction=direction, tolerance=STEP_TOLERANCE)
    factor, trace = last[0]
    found = log_likelihood(counts, strengths)
    evidence = log_evidence(found, strengths, factor=factor[0], precision=precision, trace=trace)
    return Peak(strengths, factor, evidence)


def _foreseen(peak: Peak, precision: float, target: float) -> FloatArray:
    """Return near which strengths (n,) the peak of the target precision is, to first order in its logarithm."""
    step: FloatArray = solved(peak.factor, precision * peak.strengths)
    return peak.strengths - float(np.log(target / precision)) * step


def _nodes(peaks: dict[int, Peak], likely: dict[int, float], precisions: list[float]) -> tuple[Node, ...]:
    """Return the fits of the spreads that are not negligible, ascending: to each the next wider one.

    The most probable strengths are nearer to the middle than their mean is, the more so the fewer votes there are. A
    step wider they err less where votes are few, cover more, and pull less where votes are many (benchmarks.prior).
    """
    most, last = max(likely.values()), len(precisions) - 1
    kept = [k for k in sorted(peaks) if likely[k] >= most - NEGLIGIBLE]
    chances = np.exp([likely[k] - most for k in kept])
    parts = (chances / chances.sum()).tolist()
    wider = [min(k + 1, last) for k in kept]
    return tuple(
        Node(chance, precisions[k], peaks[k].strengths, inverse_of(peaks[k].factor))
        for k, chance in zip(wider, parts, strict=True)
    )


def _pulled(bread: FloatArray) -> FloatArray:
    """Return bread @ C @ bread (n, n), where C takes the mean off."""
    across = bread - bread.mean(axis=1, keepdims=True)
    product: FloatArray = across @ across.T
    return product


def _variances(covariance: FloatArray) -> FloatArray:
    """Return the variances on the diagonal and those of the differences beside it, (n, n)."""
    variances = spread(covariance)
    np.fill_diagonal(variances, np.maximum(covariance.diagonal(), 0.0))
    return variances
