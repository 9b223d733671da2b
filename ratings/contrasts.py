"""How far ratings, and the differences of two, may be from the truth: by every way to measure it, the widest one holds.

One way takes votes for independent, another the votes of one voter for alike, a third those of one prompt. Each is a
layer: a covariance and the degrees of freedom with which it is known.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtr, stdtr, stdtrit

from ratings.arrays import BoolArray, FloatArray, IntArray
from ratings.errors import RatingsError
from ratings.intervals import CONFIDENCE, check_confidence, normal_quantile

MANY = 1e6  # degrees of freedom; beyond, Student's t is the normal distribution in double precision


class BadLayers(RatingsError):
    """No layer, or layers of different sizes or with a number that is not finite."""


@dataclass(frozen=True, eq=False)
class Layer:
    """One way to measure errors.

    covariance: (n, n), symmetric; freedom: (n, n), of the ratings on the diagonal and of their differences beside it,
    or None: so many that the errors are normal.
    """

    covariance: FloatArray
    freedom: FloatArray | None = None


@dataclass(frozen=True, eq=False)
class Contrasts:
    """The errors of n ratings and of their differences, in the unit of the ratings. Raises BadLayers."""

    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        shapes = {layer.covariance.shape for layer in self.layers}
        if len(shapes) != 1 or not all(np.isfinite(layer.covariance).all() for layer in self.layers):
            raise BadLayers("errors need at least one covariance, all of one size and finite")

    def __len__(self) -> int:
        return len(self.layers[0].covariance)

    @cached_property
    def covariance(self) -> FloatArray:
        """One covariance (n, n), positive semi-definite, in which no difference is more certain than in any layer."""
        whole = self.layers[0].covariance
        for layer in self.layers[1:]:
            whole = _dominating(whole, layer.covariance)
        return whole

    @property
    def design_factors(self) -> FloatArray:
        """Each half-width as a multiple of the one by the first layer alone, (n,), at least 1."""
        first, all_of_them = Contrasts(self.layers[:1]).half_widths(), self.half_widths()
        return np.divide(all_of_them, first, out=np.ones_like(first), where=first > 0)

    def half_widths(self, *, confidence: float = CONFIDENCE) -> FloatArray:
        """Return the half-widths (n,) of the ratings' intervals. Raises BadConfidence."""
        check_confidence(confidence)
        return np.asarray(np.max([_half_widths(layer, confidence) for layer in self.layers], axis=0))

    def doubts(self, gaps: FloatArray, *, first: IntArray, second: IntArray) -> FloatArray:
        """Return the chance (pairs,) of a difference at least as large in size if there is none in truth.

        gaps: (pairs,) between the first of a pair and the second, (pairs,) indices each. By the layer that is least
        certain of each.
        """
        return np.asarray(np.max([2 * _tail(layer, gaps, first, second) for layer in self.layers], axis=0))

    def among(self, members: IntArray) -> "Contrasts":
        """Return the errors of these ratings only. members: (k,) indices."""
        cells = np.ix_(members, members)
        return Contrasts(
            tuple(
                Layer(layer.covariance[cells], None if layer.freedom is None else layer.freedom[cells])
                for layer in self.layers
            )
        )

    def against(self, member: int) -> "Contrasts":
        """Return the errors of the distances to this rating, whose own has no error."""
        return Contrasts(tuple(_against(layer, member) for layer in self.layers))

    def beside(self, covariance: FloatArray, *, is_first: BoolArray) -> "Contrasts":
        """Return these errors, and others (m, m) that are normal and share nothing with them, in one.

        is_first: (n + m,) whether a rating is one of these.
        """
        return Contrasts(tuple(_beside(layer, covariance, is_first) for layer in self.layers))

    def times(self, factor: float) -> "Contrasts":
        """Return the errors in another unit."""
        return Contrasts(tuple(Layer(layer.covariance * factor**2, layer.freedom) for layer in self.layers))


def alone(covariance: FloatArray) -> Contrasts:
    """Return the errors by one way only, normal ones. covariance: (n, n)."""
    return Contrasts((Layer(covariance),))


def _against(layer: Layer, member: int) -> Layer:
    n = len(layer.covariance)
    to_member = np.eye(n) - (np.arange(n) == member)[None, :]
    freedom = layer.freedom
    if freedom is not None:
        freedom = freedom.copy()
        np.fill_diagonal(freedom, layer.freedom[member] if layer.freedom is not None else np.inf)
    return Layer(to_member @ layer.covariance @ to_member.T, freedom)


def _beside(layer: Layer, covariance: FloatArray, is_first: BoolArray) -> Layer:
    size, first = len(is_first), np.flatnonzero(is_first)
    whole, rest = np.zeros((size, size)), np.flatnonzero(~is_first)
    whole[np.ix_(first, first)], whole[np.ix_(rest, rest)] = layer.covariance, covariance
    if layer.freedom is None:
        return Layer(whole)
    own = np.full(size, MANY)
    own[first] = layer.freedom.diagonal()
    freedom = np.minimum.outer(own, own)
    freedom[np.ix_(first, first)] = layer.freedom
    return Layer(whole, freedom)


def _half_widths(layer: Layer, confidence: float) -> FloatArray:
    deviations = np.sqrt(np.maximum(layer.covariance.diagonal(), 0.0))
    if layer.freedom is None:
        return np.asarray(normal_quantile(confidence) * deviations)
    return np.asarray(stdtrit(np.minimum(layer.freedom.diagonal(), MANY), (1 + confidence) / 2) * deviations)


def _tail(layer: Layer, gaps: FloatArray, first: IntArray, second: IntArray) -> FloatArray:
    """Return the chance (pairs,) beyond each gap, on one side."""
    own = layer.covariance.diagonal()
    error = np.sqrt(np.maximum(own[first] + own[second] - 2 * layer.covariance[first, second], 0.0))
    certain = np.where(gaps == 0, 0.0, np.inf)  # models without any error differ or are equal
    ratio = np.divide(np.abs(gaps), error, out=certain, where=error > 0)
    if layer.freedom is None:
        return np.asarray(ndtr(-ratio))
    return np.asarray(stdtr(np.minimum(layer.freedom[first, second], MANY), -ratio))


def _dominating(first: FloatArray, second: FloatArray) -> FloatArray:
    """Return a matrix from which both can be subtracted and leave a positive semi-definite one, (n, n).

    Where one is not regular, as on sums of strengths, both are read in the directions that the sum of the two knows.
    """
    values, vectors = np.linalg.eigh(first + second)
    seen = values > values[-1] * 1e-12 if len(values) else values > 0
    root = vectors[:, seen] * np.sqrt(values[seen])
    white = vectors[:, seen] / np.sqrt(values[seen])
    shares, turned = np.linalg.eigh(white.T @ (second - first) @ white)
    wider = root @ turned
    # shares: how much more of each direction the second sees than the first, as a part of both together.
    more: FloatArray = first + (wider * np.maximum(shares, 0.0)) @ wider.T
    return (more + more.T) / 2
