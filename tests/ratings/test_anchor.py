import numpy as np
import pytest

from ratings import Comparisons
from ratings.anchor import UnknownAnchor, anchored
from ratings.bradley_terry import fit
from ratings.intervals import hc3, normal_quantile, spread
from ratings.scale import width_in_points
from ratings.standings import standings


@pytest.fixture
def board(simulate):
    votes = simulate([0, 0.5, -0.5, 1], 300, seed=1)
    a, b = np.append(votes.a, 4), np.append(votes.b, 5)
    return standings(Comparisons(a, b, outcome=np.append(votes.outcome, 0), n_models=7).fold())


def test_the_anchor_stands_at_its_points_and_the_rest_of_its_group_moves_along(board):
    fixed = anchored(board, 2, 1114.0)
    assert fixed.rating[2] == fixed.lower[2] == fixed.upper[2] == 1114.0
    assert np.diff(fixed.rating[:4]) == pytest.approx(np.diff(board.rating[:4]))
    assert np.array_equal(fixed.rating[4:], board.rating[4:], equal_nan=True)


def test_intervals_become_those_of_the_distance_to_the_anchor(board, simulate):
    counts = simulate([0, 0.5, -0.5, 1], 300, seed=1).fold()
    distances = spread(hc3(counts, fit(counts)))[2]
    fixed = anchored(board, 2, 1000.0, confidence=0.9)
    expected = width_in_points(normal_quantile(0.9) * np.sqrt(distances))
    assert ((fixed.upper - fixed.lower) / 2)[:4] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("model", [6, 7, -1])
def test_an_anchor_without_a_rating_is_refused(board, model):
    with pytest.raises(UnknownAnchor):
        anchored(board, model, 1000.0)
