"""Ratings from votes: arrays in, frozen dataclasses out, no database and no web.

Two votes and the board they give, the first that this arena ever saw:

>>> from ratings import Comparisons, Outcome
>>> from ratings.standings import standings
>>> votes = Comparisons([0, 1], [1, 2], outcome=[Outcome.MODEL_A, Outcome.TIE], n_models=4)
>>> board = standings(votes.fold())
>>> board.rating.round().tolist()
[1060.0, 950.0, 990.0, nan]
>>> [str(reason) for reason in board.reason]
['undefeated', 'few_votes', 'few_votes', 'None']

The words are here; what can be done stands in the modules: `bradley_terry.fit`, `intervals.sandwich`,
`elo.replay`, `ranking.ranks`, `pairing.uniform`, `standings.standings`. The errors are drawn in
`ratings.errors`.
"""

from ratings.comparisons import Comparisons, Outcome
from ratings.counts import PairCounts
from ratings.errors import RatingsError
from ratings.pairing import Pair
from ratings.standings import Reason, Standings, Status

__all__ = ["Comparisons", "Outcome", "Pair", "PairCounts", "RatingsError", "Reason", "Standings", "Status"]
