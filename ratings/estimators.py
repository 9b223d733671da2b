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
from ratings.contrasts import Contrasts, Layer, alone
from ratings.counts import PairCounts
from ratings.intervals import CONFIDENCE, Method, covariance
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


Estimator = Callable[[PairCounts, FloatArray, IntArray], Estimate]


def half_win(method: Method, *, design_factors: FloatArray | None = None) -> Estimator:
    """Return the estimator by Bradley-Terry with a tie as half a win for each; intervals by method.

    design_factors: (n,) multiples of all intervals on the whole board, at least 1: those of an earlier board by voter
    and prompt stand in for its errors until they are computed anew.
    """

    def estimate(counts: PairCounts, strengths: FloatArray, models: IntArray) -> Estimate:
        independent = Layer(covariance(counts, strengths, method=method))
        if design_factors is None:
            return Estimate(strengths, Contrasts((independent,)))
        own = design_factors[models]
        return Estimate(strengths, Contrasts((independent, Layer(independent.covariance * np.outer(own, own)))))

    return estimate


def points_only(_: PairCounts, strengths: FloatArray, models: IntArray) -> Estimate:
    """Return Bradley-Terry strengths without any error, for a board without intervals."""
    return _plain(strengths, np.zeros((len(models), len(models))))


def tie_model(model: TieModel) -> Estimator:
    """Return the estimator by Davidson or Rao-Kupper, with its sandwich."""

    def estimate(counts: PairCounts, strengths: FloatArray, _: IntArray) -> Estimate:
        if len(counts) < 2:
            return _plain(strengths, np.zeros((len(counts), len(counts))))
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


def clustered(votes: Comparisons, *, voter: IntArray | None, prompt: IntArray | None) -> Estimator:
    """Return the estimator by Bradley-Terry with intervals for votes that depend on their voter, their prompt, or both.

    No interval is narrower than that of independent votes. voter, prompt: (votes,) whole numbers.
    """

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
) -> Estimator:
    """Return the estimator by Bradley-Terry with the features of the votes, and if asked the side, as covariates.

    voter, prompt: as in clustered, if asked for.
    """

    def estimate(_: PairCounts, strengths: FloatArray, models: IntArray) -> Estimate:
        if len(models) < 2:
            return _plain(strengths, np.zeros((len(models), len(models))))
        inner, rows = votes.between(models)
        ways = _of(voter, rows), _of(prompt, rows)
        fitted = style_control.fit(inner, position=position, method=method, ways=ways)
        return Estimate(fitted.strengths, fitted.errors.among(np.arange(len(models))), style=fitted)

    return estimate


def _plain(strengths: FloatArray, covariance: FloatArray) -> Estimate:
    return Estimate(strengths, alone(covariance))


def _of(column: IntArray | None, rows: IntArray) -> IntArray | None:
    return None if column is None else column[rows]
