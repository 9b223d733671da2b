from collections import Counter
from random import Random

import numpy as np
import pytest
from scipy.stats import chisquare

from ratings import RatingsError
from ratings.errors import BadWeight, IndexOutOfRange
from ratings.pairing import PairProbabilities, TooFewModels, allowed_pairs, draw, weighted

SHARES = [[0, 1, 0, 4], [1, 0, 2, 0], [0, 2, 0, 3], [4, 0, 3, 0]]


def upper_sum(probabilities):
    return np.triu(probabilities.matrix).sum()


def test_shares_become_probabilities_of_pairs_whoever_sits_where():
    probabilities = PairProbabilities(SHARES)
    assert probabilities.matrix == pytest.approx(np.array(SHARES) / 10)
    assert len(probabilities) == 4
    with pytest.raises(ValueError, match="read-only"):
        probabilities.matrix[0, 1] = 1


@pytest.mark.parametrize("scale", [1e-300, 1.0, 4e307])
def test_only_the_proportions_of_the_shares_count(scale):
    assert PairProbabilities(np.array(SHARES) * scale).matrix == pytest.approx(np.array(SHARES) / 10)


@pytest.mark.parametrize(
    "shares",
    [
        [[0, 1], [2, 0]],
        [[1, 1], [1, 0]],
        [[0, -1], [-1, 0]],
        [[0, np.nan], [np.nan, 0]],
        [[0, np.inf], [np.inf, 0]],
    ],
)
def test_shares_that_no_pairs_can_have_are_refused(shares):
    with pytest.raises(RatingsError):
        PairProbabilities(shares)


@pytest.mark.parametrize("shares", [1, [0, 1], [[0, 1, 1]], []])
def test_shares_that_are_no_square_are_refused(shares):
    with pytest.raises(RatingsError, match="square"):
        PairProbabilities(shares)


@pytest.mark.parametrize("n_models", [0, 1, 2, 5])
def test_shares_of_nothing_leave_no_pair(n_models):
    with pytest.raises(TooFewModels):
        PairProbabilities(np.zeros((n_models, n_models)))


def test_pairs_come_as_often_as_their_probability_says_and_on_fair_sides():
    rng, probabilities = Random(1), PairProbabilities(SHARES)
    drawn = Counter((pair.a, pair.b) for pair in (draw(probabilities, rng) for _ in range(20_000)))
    sides = sorted(drawn)
    assert sides == sorted((a, b) for a in range(4) for b in range(4) if SHARES[a][b])
    expected = [20_000 * probabilities.matrix[side] / 2 for side in sides]
    assert chisquare([drawn[side] for side in sides], expected).pvalue > 0.01


def test_a_drawn_pair_carries_the_probability_of_the_matrix():
    rng, probabilities = Random(2), PairProbabilities(SHARES)
    for pair in (draw(probabilities, rng) for _ in range(100)):
        assert pair.probability == probabilities.matrix[pair.a, pair.b] > 0
        assert type(pair.a) is type(pair.b) is int


def test_an_equal_rng_draws_an_equal_pair():
    probabilities = PairProbabilities(SHARES)
    assert [draw(probabilities, Random(seed)) for seed in range(20)] == [
        draw(probabilities, Random(seed)) for seed in range(20)
    ]


class Luck(Random):
    """An rng that says what it is told."""

    def __init__(self, says):
        super().__init__()
        self.says = says

    def random(self):
        return self.says


@pytest.mark.parametrize("says", [0.0, np.nextafter(1.0, 0.0)])
def test_the_ends_of_the_rng_draw_no_model_against_itself_and_no_pair_of_probability_zero(says):
    for n_models in range(3, 40):
        shares = np.zeros((n_models, n_models))
        shares[0, 2] = shares[2, 0] = 0.1
        shares[1, 2] = shares[2, 1] = 0.7
        pair = draw(PairProbabilities(shares), Luck(says))
        assert {pair.a, pair.b} in ({0, 2}, {1, 2})


def test_weights_multiply():
    found = weighted([1, 2, 3]).matrix
    assert found == pytest.approx(np.array([[0, 2, 3], [2, 0, 6], [3, 6, 0]]) / 11)


def test_equal_weights_are_uniform():
    found = weighted(np.full(5, 0.3)).matrix
    assert found[~np.eye(5, dtype=bool)] == pytest.approx(np.full(20, 0.1))


def test_a_boost_lifts_every_pair_of_the_model_and_two_new_models_only_once():
    found = weighted([1, 1, 1, 1], boosts={2: 5, 3: 4}).matrix
    expected = np.array([[0, 1, 5, 4], [1, 0, 5, 4], [5, 5, 0, 5], [4, 4, 5, 0]])
    assert found == pytest.approx(expected / 24)


@pytest.mark.parametrize("factor", [0.5, 0, -1, np.nan, np.inf])
def test_a_boost_that_is_none_is_refused(factor):
    with pytest.raises(RatingsError, match="boost of model 1"):
        weighted([1, 1], boosts={1: factor})


def test_an_outage_is_a_weight_of_zero():
    assert weighted([1, 2, 3, 4], outages=[1]).matrix == pytest.approx(weighted([1, 0, 3, 4]).matrix)


def test_forbidden_pairs_are_never_drawn_in_either_order():
    found = weighted([1, 1, 1], forbidden=[(2, 0)]).matrix
    assert found == pytest.approx(np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]) / 2)


@pytest.mark.parametrize(
    ("weights", "limits"),
    [
        ([], {}),
        ([1], {}),
        ([0, 0, 0], {}),
        ([0, 7, 0], {}),
        ([1, 1, 1], {"outages": {0, 2}}),
        ([1, 1, 1], {"forbidden": [(0, 1), (2, 1), (2, 0)]}),
        ([1, 1, 0], {"forbidden": [(0, 1)]}),
        ([0, 1, 1], {"outages": [1], "boosts": {0: 5}}),
    ],
)
def test_where_no_two_models_may_meet_there_are_no_probabilities(weights, limits):
    with pytest.raises(TooFewModels):
        weighted(weights, **limits)


def test_extreme_weights_stay_numbers():
    found = weighted([1e300, 1e300, 1e-300, 1e-300], forbidden=[(0, 1)]).matrix
    assert np.isfinite(found).all()
    assert found[0, 2] == pytest.approx(0.25)
    assert weighted([1, 1e-200, 1e-200], forbidden=[(0, 1), (0, 2)]).matrix[1, 2] == 1


@pytest.mark.parametrize(("weights", "row"), [([1, -1], 1), ([np.nan, 1], 0), ([1, 1, np.inf], 2)])
def test_a_weight_that_is_none_is_refused_by_its_row(weights, row):
    with pytest.raises(BadWeight) as refused:
        weighted(weights)
    assert refused.value.row == row


def test_weights_that_are_no_list_are_refused():
    with pytest.raises(RatingsError, match="one per model"):
        weighted(np.ones((2, 2)))


@pytest.mark.parametrize("limits", [{"outages": [-1]}, {"outages": [3]}, {"forbidden": [(0, -1)]}, {"boosts": {-1: 5}}])
def test_models_that_are_not_there_are_refused(limits):
    with pytest.raises(IndexOutOfRange):
        weighted([1, 1, 1], **limits)


@pytest.mark.parametrize("seed", range(5))
def test_any_weights_give_symmetric_chances_without_self_pairs_that_sum_to_one(seed):
    rng = np.random.default_rng(seed)
    weights = rng.exponential(size=9) * (rng.random(9) < 0.7)
    found = weighted(weights, boosts={0: 5, 4: 2}, forbidden=[(1, 2), (3, 8)])
    assert np.array_equal(found.matrix, found.matrix.T)
    assert not found.matrix.diagonal().any()
    assert upper_sum(found) == pytest.approx(1, abs=1e-12)


def test_relabelling_models_permutes_the_probabilities():
    weights, order = np.array([1, 0, 3, 4, 5.0]), np.array([3, 0, 4, 1, 2])
    place = np.argsort(order)
    first = weighted(weights, boosts={3: 5}, outages=[0], forbidden=[(2, 4)])
    second = weighted(
        weights[order], boosts={int(place[3]): 5}, outages=[int(place[0])], forbidden=[(int(place[4]), int(place[2]))]
    )
    assert second.matrix == pytest.approx(first.matrix[np.ix_(order, order)])


def test_allowed_pairs_are_those_of_two_different_models_that_are_there():
    found = allowed_pairs(4, outages=[3], forbidden=[(1, 0)])
    assert np.argwhere(found).tolist() == [[0, 2], [1, 2], [2, 0], [2, 1]]
    assert allowed_pairs(0).shape == (0, 0)
