"""The board freed from how answers are written and from the side that they stood on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ratings import style_control
from ratings.arrays import FloatArray, IntArray
from ratings.boards import Coefficient, coefficients
from ratings.comparisons import Comparisons
from ratings.contrasts import alone
from ratings.counts import PairCounts
from ratings.estimators import Estimate, Shrinking
from ratings.intervals import CONFIDENCE
from ratings.prior import Prior
from ratings.standings import Standings, standings_by
from ratings.style_control import StyleFit, StyleNotIdentified, Ways


@dataclass(frozen=True, eq=False)
class StyleBoard:
    """The standings at equal style, and what style is worth.

    effects: of the features, and of the side, that the votes of the largest group can tell from strength.
    """

    standings: Standings
    effects: tuple[Coefficient, ...]


def style_board(
    votes: Comparisons,
    names: Sequence[str],
    *,
    confidence: float = CONFIDENCE,
    voter: IntArray | None = None,
    prompt: IntArray | None = None,
    prior: Prior | None = None,
) -> StyleBoard:
    """Return the board freed from style.

    names: of the votes' features; voter, prompt, prior: as in estimators.clustered.

    In each group, what its votes cannot tell from strength is left out. Raises what style_control.fit raises besides.
    """
    effects: list[tuple[Coefficient, ...]] = []

    def of_all(_: PairCounts, models: IntArray) -> Estimate:
        inner, rows = votes.between(models)
        ways = (None if voter is None else voter[rows], None if prompt is None else prompt[rows])
        fitted, columns = _identified(inner, ways=ways, prior=prior)
        effects.append(tuple(coefficients(fitted, [names[k] for k in columns], confidence=confidence)))
        return Estimate(fitted.strengths, fitted.errors.among(np.arange(len(models))), style=fitted)

    def of_rated(counts: PairCounts, strengths: FloatArray, models: IntArray) -> Estimate:
        if len(models) < 2:
            effects.append(())
            return Estimate(strengths, alone(np.zeros((len(models), len(models)))))
        return of_all(counts, models)

    estimate = of_rated if prior is None else Shrinking(of_all)
    board = standings_by(votes.fold(), estimate, confidence=confidence)
    return StyleBoard(board, effects[0] if effects else ())


def _identified(votes: Comparisons, *, ways: Ways, prior: Prior | None) -> tuple[StyleFit, list[int]]:
    """Return the fit, and the columns of the features that are in it."""
    columns, position = list(range(votes.features.shape[1])), True
    while True:
        try:
            return style_control.fit(_with(votes, columns), position=position, ways=ways, prior=prior), columns
        except StyleNotIdentified as unknown:
            if unknown.feature is None:
                position = False
            else:
                del columns[unknown.feature]


def _with(votes: Comparisons, columns: list[int]) -> Comparisons:
    return Comparisons(
        votes.a,
        votes.b,
        outcome=votes.outcome,
        n_models=votes.n_models,
        weight=votes.weight,
        score=votes.graded if votes.is_graded else None,
        features=votes.features[:, columns],
    )
