"""Strengths from models that know ties, at the exact maximum of the likelihood, with their covariance.

Both_bad counts as a tie. All is computed from the counts, so no vote is read twice.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.linalg import cho_solve
from scipy.sparse import csr_array
from scipy.sparse.csgraph import NegativeCycleError, bellman_ford

from ratings.arrays import FloatArray
from ratings.bradley_terry import (
    MAX_STEPS,
    STEP_TOLERANCE,
    NoFiniteMaximum,
    damping,
    identified,
    laplacian,
    require_finite_maximum,
)
from ratings.counts import PairCounts
from ratings.davidson import Davidson
from ratings.errors import NotConverged
from ratings.positive_definite import cholesky
from ratings.rao_kupper import RaoKupper
from ratings.threads import bounded

Slope = tuple[FloatArray, FloatArray]
Form = tuple[FloatArray, FloatArray, FloatArray]


class TieModel(Protocol):
    """The methods that Davidson and RaoKupper share; their classes explain the words."""

    name: str

    def start(self, share: float) -> float: ...
    def tie(self, coordinate: float) -> float: ...
    def log_chances(self, gaps: FloatArray, coordinate: float) -> tuple[FloatArray, FloatArray]: ...
    def slopes(self, gaps: FloatArray, coordinate: float) -> tuple[Slope, ...]: ...
    def curvatures(self, gaps: FloatArray, coordinate: float) -> tuple[Form, ...]: ...
    def limits(self, widening: float, move: float, *, coordinate: float) -> tuple[float, float]: ...


DAVIDSON: TieModel = Davidson()
RAO_KUPPER: TieModel = RaoKupper()


@dataclass(frozen=True, eq=False)
class TieFit:
    """The strengths and the tie parameter of a tie model.

    strengths: (n,) in log-odds, sum zero. tie: nu above 0 (Davidson) or eta above 1 (Rao and Kupper).
    covariance: (n + 1, n + 1), sandwich, of the strengths and last of log(tie); the rows of the strengths sum to
    zero over the strengths. log_likelihood: in nats, at most 0. model: DAVIDSON or RAO_KUPPER.
    """

    strengths: FloatArray
    tie: float
    covariance: FloatArray
    log_likelihood: float
    model: TieModel


@bounded(len)
def fit(counts: PairCounts, model: TieModel) -> TieFit:
    """Return the maximum of the model's likelihood, and its sandwich covariance.

    Raises NoFiniteMaximum (see require_finite_tie_maximum; without a tie at all, Bradley-Terry is the limit
    and bradley_terry.fit finds it) and NotConverged beyond double precision.
    Source of the covariance: Huber (1967), White (1982).
    """
    counts.require_whole("a model of ties is")
    require_finite_tie_maximum(counts)
    peak = _climb(counts, model)
    bread = _factor(_information(counts, peak, model=model))
    meat = _bordered(counts.squares, *(_square(slope) for slope in model.slopes(_gaps(peak), peak[-1])))
    covariance = cho_solve(bread, cho_solve(bread, meat).T)
    return TieFit(
        strengths=peak[:-1],
        tie=model.tie(peak[-1]),
        covariance=(covariance + covariance.T) / 2,
        log_likelihood=_log_likelihood(counts, peak, model=model),
        model=model,
    )


def fisher_covariance(counts: PairCounts, fitted: TieFit) -> FloatArray:
    """Return the inverse (n + 1, n + 1) of the observed information, laid out as TieFit.covariance.

    Too wide or too narrow where the model is not true; then the sandwich is right. Source: Fisher (1922).
    """
    n = len(counts)
    peak = np.append(fitted.strengths, np.log(fitted.tie))
    centring = np.eye(n + 1)
    centring[:n, :n] -= 1 / n
    inverse: FloatArray = cho_solve(_factor(_information(counts, peak, model=fitted.model)), centring)
    return (inverse + inverse.T) / 2


def require_finite_tie_maximum(counts: PairCounts) -> None:
    """Raise NoFiniteMaximum unless the counts have finite strengths and a finite tie parameter, in both models.

    Needed are a tie, and points that lead from every model to every other, and a way round through the votes,
    from winner to loser and across ties either way, with more wins than ties. Without that way the strengths
    can spread and the tie parameter grow with them for ever, each win and tie getting likelier: no upset, no
    end. Source: the directions of recession of the likelihood (Rockafellar, 1970, section 27), worked out.
    """
    require_finite_maximum(counts)
    ties = counts.undecided
    if not ties.any():
        raise NoFiniteMaximum("no vote is a tie, so the tie parameter has no finite logarithm; fit Bradley-Terry")
    won = counts.wins > 0
    if (won & won.T).any():
        return
    try:
        bellman_ford(csr_array(np.where(won, -1.0, ties > 0)), indices=0)
    except NegativeCycleError:
        return
    raise NoFiniteMaximum("no way round through the votes has more wins than ties: there was no upset")


def _climb(counts: PairCounts, model: TieModel) -> FloatArray:
    """Return the strengths and the coordinate (n + 1,) at the maximum of a concave log-likelihood, by damped Newton."""
    met, undecided = counts.battles > 0, counts.undecided
    at = np.append(np.zeros(len(counts)), model.start(float(undecided.sum() / counts.battles.sum())))
    for _ in range(MAX_STEPS):
        gradient = _gradient(counts, at, model=model)
        step: FloatArray = cho_solve(_factor(_information(counts, at, model=model)), gradient)
        widening = float(np.abs(_gaps(step)).max(where=met, initial=0.0))
        reach, longest = model.limits(widening, float(step[-1]), coordinate=float(at[-1]))
        at = at + min(damping(reach), longest) * step
        if reach < STEP_TOLERANCE:
            return at
    raise NotConverged(f"no maximum after {MAX_STEPS} Newton steps")


def _gaps(at: FloatArray) -> FloatArray:
    return np.subtract.outer(at[:-1], at[:-1])


def _log_likelihood(counts: PairCounts, at: FloatArray, *, model: TieModel) -> float:
    win, tie = model.log_chances(_gaps(at), at[-1])
    return float((counts.wins * win + (counts.undecided) / 2 * tie).sum())


def _gradient(counts: PairCounts, at: FloatArray, *, model: TieModel) -> FloatArray:
    """Return the first derivative (n + 1,) of the log-likelihood."""
    win, tie = model.slopes(_gaps(at), at[-1])
    ties = counts.undecided
    won = counts.wins * win[0]
    strengths = (won - won.T + ties * tie[0]).sum(axis=1)
    return np.append(strengths, (counts.wins * win[1] + ties / 2 * tie[1]).sum())


def _information(counts: PairCounts, at: FloatArray, *, model: TieModel) -> FloatArray:
    """Return minus the second derivative (n + 1, n + 1) of the log-likelihood."""
    win, tie = model.curvatures(_gaps(at), at[-1])
    return _bordered(counts, win, tie)


def _square(slope: Slope) -> Form:
    return slope[0] ** 2, slope[0] * slope[1], slope[1] ** 2


def _bordered(counts: PairCounts, win: Form, tie: Form) -> FloatArray:
    """Return the sum of a form in (gap, coordinate) over the votes, as one in (strengths, coordinate)."""
    ties = counts.undecided
    by_gap, by_both = counts.wins * win[0], counts.wins * win[1]
    border = (by_both - by_both.T + ties * tie[1]).sum(axis=1)
    corner = (counts.wins * win[2] + ties / 2 * tie[2]).sum()
    return np.block([[laplacian(by_gap + by_gap.T + ties * tie[0]), border[:, None]], [border, corner]])


def _factor(form: FloatArray) -> tuple[FloatArray, bool]:
    """Return the Cholesky factor of a bordered form, made invertible on the strengths."""
    whole = form.copy()
    whole[:-1, :-1] = identified(form[:-1, :-1])
    return cholesky(whole)
