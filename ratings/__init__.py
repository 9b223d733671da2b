"""Ratings from votes: arrays in, frozen dataclasses out, no database and no web.

The common case, and the first two votes that an arena ever saw:

>>> from ratings import leaderboard
>>> board = leaderboard(["owl", "fox"], ["fox", "elk"], ["model_a", "tie"])
>>> [(row.model, round(row.rating), row.flags) for row in board]
[('owl', 1031, ('provisional', 'undefeated')), ('elk', 995, ('provisional', 'few_votes')), \
('fox', 974, ('provisional', 'few_votes'))]

The same from integers, step by step:

>>> from ratings import Comparisons, Outcome
>>> from ratings.prior import NORMAL
>>> from ratings.standings import standings
>>> votes = Comparisons([0, 1], [1, 2], outcome=[Outcome.MODEL_A, Outcome.TIE], n_models=4)
>>> standings(votes.fold(), prior=NORMAL).rating.round().tolist()
[1031.0, 974.0, 995.0, nan]

The words are here; what can be done stands in the modules: `bradley_terry.fit`, `prior.fit_with`, `ties.fit`,
`style_control.fit`, `intervals.hc3`, `clusters.errors`, `bootstrap.bootstrap`, `ranking.ranks`, `elo.replay`,
`weighting`, `voices`, `matrices`, `held_out.compare`, `replication`, `robustness.smallest_upset`, `influence`,
`decide.decide`, `live.Live`, `pairing`, `information`. A file of votes is rated by `python -m ratings`. The errors are
drawn in `ratings.errors`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ratings.boards import Leaderboard
    from ratings.comparisons import Comparisons, Outcome
    from ratings.counts import PairCounts
    from ratings.errors import RatingsError
    from ratings.pairing import Pair
    from ratings.rate import leaderboard
    from ratings.standings import Reason, Standings, Status

__all__ = [
    "Comparisons",
    "Leaderboard",
    "Outcome",
    "Pair",
    "PairCounts",
    "RatingsError",
    "Reason",
    "Standings",
    "Status",
    "leaderboard",
]

_PLACES = {
    "Comparisons": "comparisons",
    "Leaderboard": "boards",
    "Outcome": "comparisons",
    "Pair": "pairing",
    "PairCounts": "counts",
    "RatingsError": "errors",
    "Reason": "standings",
    "Standings": "standings",
    "Status": "standings",
    "leaderboard": "rate",
}


def __getattr__(name: str) -> Any:
    """Return one of the words above, loaded when it is asked for: SciPy and Arrow take half a second of CPU time."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
