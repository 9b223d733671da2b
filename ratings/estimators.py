"""Estimators of strengths and errors, for the models that can be rated by their votes alone.

Each is made once and called with the counts (k) of a connected set of models, their half-win strengths (k,) in
log-odds and their indices (k,) on the whole board. It raises what its parts raise.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ratings import bootstrap, clusters, style_control, ties
from ratings.arrays import FloatArray, IntArray
from ratings.bootstrap import Progress
from ratings.comparisons import Comparisons
from ratings.counts import PairCounts
from ratings.intervals import CONFIDENCE, Method, covariance
from ratings.style_control import StyleFit
from ratings.ties import TieModel


@dataclass(frozen=True, eq=False)
class Estimate:
    """The strengths of a connected set of models and their errors.

    strengths: (k,) in log-odds, sum zero; covariance: (k, k); bounds: lower and upper (k,) unless normal.
    style: the fit that freed the strengths from style, if one did.
    """

    strengths: FloatArray
    covariance: FloatArray
    bounds: tuple[FloatArray, FloatArray] | None = None
    style: StyleFit | None = None


Estimator = Callable[[PairCounts, FloatArray, IntArray], Estimate]


def half_win(method: Method) -> Estimator:
    """Return the estimator by Bradley-Terry with a tie as half a win for each; intervals by method."""

    def estimate(counts: PairCounts, strengths: FloatArray, _: IntArray) -> Estimate:
        return Estimate(strengths, covariance(counts, strengths, method=method))

    return estimate


def points_only(_: PairCounts, strengths: FloatArray, models: IntArray) -> Estimate:
    """Return Bradley-Terry strengths without any error, for a board without intervals."""
    return Estimate(strengths, np.zeros((len(models), len(models))))


def tie_model(model: TieModel) -> Estimator:
    """Return the estimator by Davidson or Rao-Kupper, with its sandwich."""

    def estimate(counts: PairCounts, strengths: FloatArray, _: IntArray) -> Estimate:
        if len(counts) < 2:
            return Estimate(strengths, np.zeros((len(counts), len(counts))))
        fitted = ties.fit(counts, model)
        return Estimate(fitted.strengths, fitted.covariance[:-1, :-1])

    return estimate


def bootstrapped(
    rng: np.random.Generator, *, rounds: int, confidence: float = CONFIDENCE, on_progress: Progress | None = None
) -> Estimator:
    """Return the estimator by Bradley-Terry with percentile intervals of a multinomial bootstrap."""

    def estimate(counts: PairCounts, strengths: FloatArray, _: IntArray) -> Estimate:
        drawn = bootstrap.bootstrap(counts, rng=rng, rounds=rounds, on_progress=on_progress).strengths
        spread = np.cov(drawn, rowvar=False).reshape(len(counts), len(counts))
        return Estimate(strengths, spread, bootstrap.percentiles(drawn, confidence=confidence))

    return estimate


def clustered(votes: Comparisons, voter: IntArray) -> Estimator:
    """Return the estimator by Bradley-Terry with intervals for votes that depend on their voter.

    voter: (votes,) any whole numbers.
    """

    def estimate(_: PairCounts, strengths: FloatArray, models: IntArray) -> Estimate:
        inner, rows = votes.between(models)
        return Estimate(strengths, clusters.covariance(inner, strengths, voter=voter[rows]))

    return estimate


def styled(votes: Comparisons, *, position: bool = False, method: Method = Method.HC3) -> Estimator:
    """Return the estimator by Bradley-Terry with the features of the votes, and if asked the side, as covariates."""

    def estimate(_: PairCounts, strengths: FloatArray, models: IntArray) -> Estimate:
        if len(models) < 2:
            return Estimate(strengths, np.zeros((len(models), len(models))))
        inner, _rows = votes.between(models)
        fitted = style_control.fit(inner, position=position, method=method)
        return Estimate(fitted.strengths, fitted.covariance[: len(models), : len(models)], style=fitted)

    return estimate
