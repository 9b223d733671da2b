"""Strengths freed from style: Bradley-Terry with the features of a battle as covariates.

P(A beats B) = 1 / (1 + exp(-(s_a - s_b + z . beta))), a tie as half a win, z the features side A minus side B, each
divided by its root mean square over the votes. Nothing is subtracted from a feature: a mean would act as an advantage
of side A, and who stood on which side would change the strengths.
"""

from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
from scipy.linalg import cho_solve, eigh

from ratings import bradley_terry, clusters
from ratings.arrays import FloatArray, IntArray
from ratings.bradley_terry import MAX_STEPS, STEP_TOLERANCE, damping, identified
from ratings.comparisons import Comparisons
from ratings.contrasts import Contrasts, Layer, alone
from ratings.errors import NotConverged, RatingsError
from ratings.intervals import CONFIDENCE, DOUBT, ROUNDING, Method, around
from ratings.positive_definite import cholesky
from ratings.prior import STEP_TOLERANCE as PEAK_TOLERANCE
from ratings.prior import Peak, Posterior, Prior, fit_with, integrate, log_evidence
from ratings.style_design import Design, with_identified_strengths
from ratings.threads import bounded

PRIOR_SD = 1.0  # log-odds per root mean square of a feature: what length does to AlpacaEval's judge, which is much
RIDGE = 1 / PRIOR_SD**2  # weighs as much as four votes between equals, each of information 1/4

Ways = tuple[IntArray | None, IntArray | None]
NO_WAYS: Ways = (None, None)


class StyleNotIdentified(RatingsError):
    """A covariate that the votes cannot tell from strength. `feature`: its column, or None for the side."""

    def __init__(self, feature: int | None, why: str) -> None:
        super().__init__(feature, why)
        self.feature = feature
        self.why = why

    def __str__(self) -> str:
        return f"{'the side' if self.feature is None else f'feature {self.feature}'} {self.why}"


@dataclass(frozen=True, eq=False)
class StyleFit:
    """The strengths at equal style, what style is worth, and the errors of both.

    strengths: (n,) log-odds at equal style, sum zero. coefficients: (k,) log-odds per unit of scales (k,), which are in
    the features' own unit. position: log-odds for side A, if asked for. errors: of all of these in that order, in
    log-odds; the rows of each covariance sum to zero over the strengths.
    """

    strengths: FloatArray
    coefficients: FloatArray
    scales: FloatArray
    position: float | None
    errors: Contrasts

    @property
    def covariance(self) -> FloatArray:
        """Of the strengths, the coefficients and the position, (n + k, n + k), one more with position."""
        return self.errors.covariance

    def strength_half_widths(self, *, confidence: float = CONFIDENCE) -> FloatArray:
        """Return the half-widths (n,) of the strengths' intervals in log-odds. Raises BadConfidence."""
        return self.errors.half_widths(confidence=confidence)[: len(self.strengths)]

    def coefficient_half_widths(self, *, confidence: float = CONFIDENCE) -> FloatArray:
        """Return the half-widths (k,) of the coefficients' intervals in log-odds per unit of scales.

        Raises BadConfidence.
        """
        n = len(self.strengths)
        return self.errors.half_widths(confidence=confidence)[n : n + len(self.coefficients)]

    def position_half_width(self, *, confidence: float = CONFIDENCE) -> float:
        """Return the half-width of the side's interval in log-odds; NaN without position. Raises BadConfidence."""
        return float(self.errors.half_widths(confidence=confidence)[-1]) if self.position is not None else np.nan


@bounded(lambda votes: votes.n_models)
def fit(
    votes: Comparisons,
    *,
    ridge: float = RIDGE,
    position: bool = False,
    method: Method = Method.HC3,
    ways: Ways = NO_WAYS,
    prior: Prior | None = None,
) -> StyleFit:
    """Return strengths and effects of style at the exact maximum of the likelihood times the prior, with their errors.

    Each coefficient, that of the side too, has a normal prior around 0 of precision `ridge`, as if it had been
    observed once with that precision; strengths have none. The prior stands in the fit and in the covariance alike,
    and next to hundreds of votes it is not seen. Weights count as so many votes. ways: the voter and the prompt of each
    vote, (votes,) whole numbers, or None; errors then allow for likeness within them, as clusters.layers does. prior:
    of the strengths; what is returned is then the mean over their spread, as ratings.prior has it.

    The maximum is finite where that of the folded counts is, for a finite strength needs points both ways and the
    ridge holds every coefficient, and with a prior always. Raises NoFiniteMaximum otherwise; StyleNotIdentified for a
    feature that is the same in every vote (the side: ask for `position`), or a sum of differences of models and of
    other features; NotConverged beyond double precision, or without a ridge where style alone foretells every vote.
    Source: Li, Angelopoulos and Chiang (2024); Huber (1967) and MacKinnon and White (1985) for the covariance.
    """
    if not 0 <= ridge < np.inf:
        raise RatingsError(f"ridge is {ridge}; it must be finite and at least 0")
    if (votes.weight == 0).any():
        counted = votes.weight > 0
        votes = votes.among(counted)
        ways = ways[0] if ways[0] is None else ways[0][counted], ways[1] if ways[1] is None else ways[1][counted]
    n = votes.n_models
    start = bradley_terry.fit(votes.fold()) if prior is None else fit_with(votes.fold(), prior).strengths
    scales = _scales(votes)
    if not len(votes):  # of one model or none; more would have no finite maximum
        if position:
            raise StyleNotIdentified(None, "has no votes")
        return StyleFit(start, scales, scales, None, alone(np.zeros((n, n))))
    design = Design(votes, _covariates(votes, scales, position=position))
    ridges = np.append(np.zeros(n), np.full(len(design.covariates), ridge))
    found = _found(design, np.append(start, np.zeros(len(design.covariates))), ridges=ridges, prior=prior)
    strengths, coefficients, side = np.split(found.parameters, np.cumsum([n, len(scales)]))
    return StyleFit(
        strengths=strengths,
        coefficients=coefficients,
        scales=scales,
        position=float(side[0]) if position else None,
        errors=_errors(design, found, ridges=ridges, method=method, ways=ways),
    )


class _Found(Protocol):
    """The parameters (len,), their inverse information (len, len), and what makes errors of a middle."""

    @property
    def parameters(self) -> FloatArray: ...
    @property
    def bread(self) -> FloatArray: ...
    def layer(self, middle: FloatArray, freedom: FloatArray | None = None) -> Layer: ...


@dataclass(frozen=True, eq=False)
class _Maximum:
    """The maximum of the likelihood times the ridges."""

    parameters: FloatArray
    bread: FloatArray

    def layer(self, middle: FloatArray, freedom: FloatArray | None = None) -> Layer:
        return Layer(around(self.bread, middle), freedom)


@dataclass(frozen=True, eq=False)
class _Shrunk:
    """The coefficients of `loose`, and the strengths that a prior gives beside them.

    across: (n, k) of the information, between strengths and coefficients.
    """

    loose: _Maximum
    strengths: Posterior
    across: FloatArray

    @property
    def parameters(self) -> FloatArray:
        return np.append(self.strengths.strengths, self.loose.parameters[len(self.strengths.strengths) :])

    @property
    def bread(self) -> FloatArray:
        return self.loose.bread

    def layer(self, middle: FloatArray, freedom: FloatArray | None = None) -> Layer:
        """Return the errors. Those of the coefficients pull at the strengths, as the votes do."""
        n = len(self.strengths.strengths)
        moved = self.loose.bread[n:]
        pull = np.eye(n, len(middle)) - self.across @ moved
        own = self.strengths.layer(pull @ middle @ pull.T, None if freedom is None else freedom[:n, :n])
        shared = self.strengths.bread @ pull @ middle @ moved.T
        whole = np.block([[own.covariance, shared], [shared.T, moved @ middle @ moved.T]])
        if freedom is None or own.freedom is None:
            return Layer((whole + whole.T) / 2)
        freedom = freedom.copy()
        freedom[:n, :n] = own.freedom
        return Layer((whole + whole.T) / 2, freedom)


def _found(design: Design, start: FloatArray, *, ridges: FloatArray, prior: Prior | None) -> _Found:
    """Return the maximum, or the strengths under a prior. ridges: (len,) the precision of each parameter.

    Whose style goes with its strength would let the coefficients take what a prior holds back of the strengths; so they
    are found beside strengths that are as good as free, at the widest spread.
    """
    if prior is None:
        return _maximum(design, start, ridges)
    n = design.votes.n_models
    widest = 1 / prior.spreads[-1] ** 2
    loose = _maximum(design, start, ridges + widest * (np.arange(len(design)) < n))
    find_peak = partial(_peak, design, loose.parameters[n:])
    strengths = integrate(find_peak, loose.parameters[:n], prior=prior)
    _, curvature = design.slopes(np.append(strengths.strengths, loose.parameters[n:]))
    return _Shrunk(loose, strengths, curvature[:n, n:])


def _maximum(design: Design, start: FloatArray, precisions: FloatArray) -> _Maximum:
    parameters, curvature = _climb(design, start, precisions)
    whole = with_identified_strengths(curvature, design.votes.n_models) + np.diag(precisions)
    return _Maximum(parameters, _solve(whole, np.eye(len(design))))


def _peak(design: Design, coefficients: FloatArray, precision: float, start: FloatArray) -> Peak:
    """Return the likeliest strengths beside these coefficients (k,) where they have a prior of this precision."""
    n, strengths = design.votes.n_models, start
    for _ in range(MAX_STEPS):
        gradient, curvature = (part[:n] for part in design.slopes(np.append(strengths, coefficients)))
        factor = cholesky(identified(curvature[:, :n]) + precision * np.eye(n))
        step = cho_solve(factor, gradient - precision * strengths)
        reach = float(np.ptp(step))
        strengths = strengths + damping(reach) * step
        if reach < PEAK_TOLERANCE:
            likelihood = design.log_likelihood(np.append(strengths, coefficients))
            trace = float(np.trace(curvature[:, :n]))
            evidence = log_evidence(likelihood, strengths, factor=factor[0], precision=precision, trace=trace)
            return Peak(strengths, factor, evidence)
    raise NotConverged(f"no maximum after {MAX_STEPS} Newton steps")


def _scales(votes: Comparisons) -> FloatArray:
    """Return the root mean square (k,) of each feature over the votes. Raises StyleNotIdentified."""
    scales = np.zeros(votes.features.shape[1])
    for feature, column in enumerate(votes.features.T):
        if not len(column) or column.min() == column.max():
            raise StyleNotIdentified(feature, "is the same in every vote")
        largest = np.abs(column).max()  # taken out, so that no square overflows
        scales[feature] = largest * np.sqrt(np.average((column / largest) ** 2, weights=votes.weight))
    return scales


def _covariates(votes: Comparisons, scales: FloatArray, *, position: bool) -> FloatArray:
    """Return the covariates (k, votes), one more with position.

    They lie by column, since a pass over the votes reads them so.
    """
    covariates = np.ones((len(scales) + position, len(votes)))
    for row, column, scale in zip(covariates, votes.features.T, scales, strict=False):
        np.divide(column, scale, out=row)
    return covariates


def _climb(design: Design, start: FloatArray, prior: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the maximum (len,), and the information (len, len) of the votes there. Raises what fit does.

    A change of a log-odds is at most that of two strengths and of each coefficient where its feature is largest.
    """
    n, parameters = design.votes.n_models, start
    largest = np.maximum(design.covariates.max(axis=1), -design.covariates.min(axis=1))
    for taken in range(MAX_STEPS):
        gradient, curvature = design.slopes(parameters)
        if not taken:
            _require_identified(curvature, design)
        step = _solve(with_identified_strengths(curvature, n) + np.diag(prior), gradient - prior * parameters)
        reach = float(np.ptp(step[:n]) + np.abs(step[n:]) @ largest)
        parameters = parameters + damping(reach) * step
        if reach < STEP_TOLERANCE:
            return parameters, curvature
    raise NotConverged(f"no maximum after {MAX_STEPS} Newton steps")


def _require_identified(curvature: FloatArray, design: Design) -> None:
    """Raise StyleNotIdentified if the votes cannot tell some mix of covariates from the strengths."""
    n, kinds = design.votes.n_models, design.votes.features.shape[1]
    if n == len(design):
        return
    across, inner = curvature[:n, n:], curvature[n:, n:]
    left = inner - across.T @ _solve(with_identified_strengths(curvature, n)[:n, :n], across)
    unit = np.sqrt(inner.diagonal())
    smallest, mix = eigh(left / np.outer(unit, unit), subset_by_index=[0, 0])
    if smallest[0] < ROUNDING:
        worst = int(np.argmax(np.abs(mix[:, 0])))
        why = "is a sum of differences of models and of other features"
        raise StyleNotIdentified(worst if worst < kinds else None, why)


def _errors(design: Design, found: _Found, *, ridges: FloatArray, method: Method, ways: Ways) -> Contrasts:
    """Return the errors of the parameters by the method, and by the ways in which votes are alike.

    The ridge is in the bread and, as an observation of each coefficient, in the middle.
    """
    if method == Method.SANDWICH:
        middle = design.residual_squares(found.parameters)
    else:
        middle = design.freed_squares(found.parameters, found.bread, doubt=DOUBT)
    by_vote = found.layer(middle + np.diag(ridges))
    if all(way is None for way in ways):
        return Contrasts((by_vote,))
    rows = design.as_rows(found.parameters)
    layers = clusters.layers(rows, found.bread, ways=ways, ridge=ridges, layer_of=found.layer)
    return Contrasts((by_vote, *layers))


def _solve(matrix: FloatArray, right: FloatArray) -> FloatArray:
    solution: FloatArray = cho_solve(cholesky(matrix), right)
    return solution
