"""How this arena rates its votes: a tie as half a win, under the one prior that all models share."""

from ratings.arrays import FloatArray, IntArray
from ratings.comparisons import Comparisons
from ratings.counts import PairCounts
from ratings.estimators import clustered
from ratings.prior import NORMAL
from ratings.standings import Standings, standings, standings_by
from ratings.style import STYLE_FEATURES
from ratings.style_board import StyleBoard, style_board

PRIOR = NORMAL


def rate_counts(counts: PairCounts, *, design_factors: FloatArray | None = None) -> Standings:
    """Return the board of these counts. design_factors: as in ratings.estimators.half_win. Raises NotConverged."""
    return standings(counts, design_factors=design_factors, prior=PRIOR)


def rate_votes(votes: Comparisons, *, voter: IntArray | None, prompt: IntArray | None) -> Standings:
    """Return the board of these votes with intervals by voter and by prompt, (votes,) each. Raises NotConverged."""
    return standings_by(votes.fold(), clustered(votes, voter=voter, prompt=prompt, prior=PRIOR))


def rate_without_style(votes: Comparisons, *, voter: IntArray | None, prompt: IntArray | None) -> StyleBoard:
    """Return the same freed from style. votes: with the features STYLE_FEATURES. Raises NotConverged."""
    return style_board(votes, list(STYLE_FEATURES), voter=voter, prompt=prompt, prior=PRIOR)
