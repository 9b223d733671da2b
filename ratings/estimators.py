"""Estimators of strengths and errors, for the models that can be rated by their votes alone, or with a prior for all.

Each is made once and called with the counts (k) of a connected set of models, their half-win strengths (k,) in
log-odds and their indices (k,) on the whole board. It raises what its parts raise. One made with a prior is Shrinking:
it asks nobody for strengths, and is called with all models that votes connect.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from ratings import bootstrap, clusters, style_control, ties
from ratings.arrays import FloatArray, IntArray
from ratings.bootstrap import Progress
from ratings.comparisons import Comparisons
from ratings.contrasts import Contrasts, Layer, alone
from ratings.counts import PairCounts
from ratings.intervals import CONFIDENCE, Method, covariance, middle
from ratings.prior import Prior, fit_with
from ratings.style_control import StyleFit
from ratings.ties import TieModel


@dataclass(frozen=True, eq=False)
class Estimate:
    """The strengths of a connected set of models and their errors.

    strengths: (k,) in log-odds, sum zero; errors: of them and of their differences; bounds: lower and upper (k,)
    where the errors do not say them. style: the fit that freed the strengths from style, if one did.
    """

    strengths: FloatArray
    errors: Contrasts
    bounds: tuple[FloatArray, FloatArray] | None = None
    style: StyleFit | None = None


@dataclass(frozen=True)
class Shrinking:
    """An estimator with a prior. estimate: called with the counts (k) of a group and its indices (k,)."""

    estimate: Callable[[PairCounts, IntArray], Estimate]


OfRated = Callable[[PairCounts, FloatArray, IntArray], Estimate]
Estimator = OfRated | Shrinking


def half_win(method: Method, *, design_factors: FloatArray | None = None, prior: Prior | None = None) -> Estimator:
    """Return the estimator by Bradley-Terry with a tie as half a win for each; intervals by method.

    design_factors: (n,) multiples of all intervals on the whole board, at least 1: those of an earlier board by voter
    and prompt stand in for its errors until they are computed anew.
    """
    if prior is not None:
        return Shrinking(partial(_shrunk, method=method, design_factors=design_factors, prior=prior))

    def estimate(counts: PairCounts, strengths: FloatArray, models: IntArray) -> Estimate:
        independent = Layer(covariance(counts, strengths, method=method))
        return _widened(strengths, independent, models, design_factors)

    return estimate


def points_only(*, prior: Prior | None = None) -> Estimator:
    """Return the same without any error, for a board without intervals."""
    if prior is not None:
        return Shrinking(lambda counts, _: _without_errors(fit_with(counts, prior).strengths))
    return lambda counts, strengths, models: _without_errors(strengths)


def tie_model(model: TieModel) -> Estimator:
    """Return the estimator by Davidson or Rao-Kupper, with its sandwich."""

    def estimate(counts: PairCounts, strengths: FloatArray, _: IntArray) -> Estimate:
        if len(counts) < 2:
            return _without_errors(strengths)
        fitted = ties.fit(counts, model)
        return _plain(fitted.strengths, fitted.covariance[:-1, :-1])

    return estimate


def bootstrapped(
    rng: np.random.Generator, *, rounds: int, confidence: float = CONFIDENCE, on_progress: Progress | None = None
) -> Estimator:
    """Return the estimator by Bradley-Terry with percentile intervals of a multinomial bootstrap."""

    def estimate(counts: PairCounts, strengths: FloatArray, _: IntArray) -> Estimate:
        drawn = bootstrap.bootstrap(counts, rng=rng, rounds=rounds, on_progress=on_progress).strengths
        spread = np.cov(drawn, rowvar=False).reshape(len(counts), len(counts))
        return Estimate(strengths, alone(spread), bootstrap.percentiles(drawn, confidence=confidence))

    return estimate


def clustered(
    votes: Comparisons, *, voter: IntArray | None, prompt: IntArray | None, prior: Prior | None = None
) -> Estimator:
    """Return the estimator by Bradley-Terry with intervals for votes that depend on their voter, their prompt, or both.

    No interval is narrower than that of independent votes. voter, prompt: (votes,) whole numbers.
    """
    if prior is not None:
        return Shrinking(partial(_shrunk_clustered, votes=votes, ways=(voter, prompt), prior=prior))

    def estimate(_: PairCounts, strengths: FloatArray, models: IntArray) -> Estimate:
        inner, rows = votes.between(models)
        of_rows = {"voter": _of(voter, rows), "prompt": _of(prompt, rows)}
        return Estimate(strengths, clusters.errors(inner, strengths, **of_rows))

    return estimate


def styled(
    votes: Comparisons,
    *,
    position: bool = False,
    method: Method = Method.HC3,
    voter: IntArray | None = None,
    prompt: IntArray | None = None,
    prior: Prior | None = None,
) -> Estimator:
    """Return the estimator by Bradley-Terry with the features of the votes, and if asked the side, as covariates.

    voter, prompt: as in clustered, if asked for.
    """

    def of_all(_: PairCounts, models: IntArray) -> Estimate:
        inner, rows = votes.between(models)
        ways = _of(voter, rows), _of(prompt, rows)
        fitted = style_control.fit(inner, position=position, method=method, ways=ways, prior=prior)
        return Estimate(fitted.strengths, fitted.errors.among(np.arange(len(models))), style=fitted)

    def of_rated(counts: PairCounts, strengths: FloatArray, models: IntArray) -> Estimate:
        return of_all(counts, models) if len(models) > 1 else _without_errors(strengths)

    return of_rated if prior is None else Shrinking(of_all)


def _shrunk(
    counts: PairCounts, models: IntArray, *, method: Method, design_factors: FloatArray | None, prior: Prior
) -> Estimate:
    found = fit_with(counts, prior)
    independent = found.layer(middle(counts, found.strengths, found.widest_bread, method=method))
    return _widened(found.strengths, independent, models, design_factors)


def _widened(
    strengths: FloatArray, independent: Layer, models: IntArray, design_factors: FloatArray | None
) -> Estimate:
    if design_factors is None:
        return Estimate(strengths, Contrasts((independent,)))
    own = design_factors[models]
    return Estimate(strengths, Contrasts((independent, Layer(independent.covariance * np.outer(own, own)))))


def _shrunk_clustered(
    counts: PairCounts,
    models: IntArray,
    *,
    votes: Comparisons,
    ways: tuple[IntArray | None, IntArray | None],
    prior: Prior,
) -> Estimate:
    found = fit_with(counts, prior)
    independent = found.layer(middle(counts, found.strengths, found.widest_bread, method=Method.HC3))
    inner, rows = votes.between(models)
    if not (counted := inner.weight > 0).all():  # whose votes are all excluded is no voter
        inner, rows = inner.among(counted), rows[counted]
    of_rows = tuple(_of(way, rows) for way in ways)
    layers = clusters.layers(clusters.rows_of(inner, found.strengths), found.bread, ways=of_rows, layer_of=found.layer)
    return Estimate(found.strengths, Contrasts((independent, *layers)))


def _without_errors(strengths: FloatArray) -> Estimate:
    return _plain(strengths, np.zeros((len(strengths), len(strengths))))


def _plain(strengths: FloatArray, covariance: FloatArray) -> Estimate:
    return Estimate(strengths, alone(covariance))


def _of(column: IntArray | None, rows: IntArray) -> IntArray | None:
    return None if column is None else column[rows]
