from random import Random

import numpy as np
import pytest

from ratings import Comparisons, Outcome, PairCounts, RatingsError
from ratings.bradley_terry import identified, information, win_probabilities
from ratings.errors import IndexOutOfRange, NotConverged
from ratings.information import FLOOR, information_gain, narrowing, posterior, shrinkage
from ratings.pairing import TooFewModels, draw
from ratings.scale import to_log_odds
from ratings.standings import standings


def met(battles):
    """Counts of so many votes per pair; who won does not matter here."""
    battles = np.asarray(battles, dtype=float)
    return PairCounts(np.triu(battles), np.zeros_like(battles), both_bad=np.zeros_like(battles))


def everyone(n_models, votes):
    return votes * (1 - np.eye(n_models))


def best(matrix):
    return {int(model) for model in np.unravel_index(np.argmax(matrix), matrix.shape)}


def deviations(battles, strengths):
    return np.sqrt(posterior(information(met(battles), strengths)).diagonal()).sum()


def votes_until(part, battles, strengths, *, floor):
    """Votes until the deviations are down to this part, when every pair comes exactly as often as it should."""
    votes, aim = 0, part * deviations(battles, strengths)
    while deviations(battles, strengths) > aim:
        battles = battles + 100 * information_gain(met(battles), strengths, floor=floor).matrix
        votes += 100
    return votes


def arena(seed, n_models=7):
    rng = np.random.default_rng(seed)
    battles = np.triu(rng.poisson(6, (n_models, n_models)), 1)
    return met(battles + battles.T), rng.normal(0, 1, n_models)


@pytest.mark.parametrize("seed", range(4))
def test_the_shrinkage_is_what_one_more_vote_takes_from_the_deviations(seed):
    counts, strengths = arena(seed, n_models=5)
    precision = information(counts, strengths)
    before = posterior(precision)
    for i, j in [(0, 1), (2, 4), (4, 3)]:
        d = np.eye(5)[i] - np.eye(5)[j]
        chance = 1 / (1 + np.exp(strengths[j] - strengths[i]))
        after = posterior(precision + chance * (1 - chance) * np.outer(d, d))
        fall = ((before - after).diagonal() / (2 * np.sqrt(before.diagonal()))).sum()
        assert shrinkage(counts, strengths)[i, j] == pytest.approx(fall, rel=1e-9)
        exact = (np.sqrt(before.diagonal()) - np.sqrt(after.diagonal())).sum()
        assert fall == pytest.approx(exact, rel=0.1)


@pytest.mark.parametrize("seed", range(4))
def test_the_narrowing_is_the_slope_of_the_deviations(seed):
    precision, step = information(*arena(seed, n_models=5)), 1e-6
    slope = narrowing(posterior(precision))
    for i, j in [(0, 1), (2, 4), (4, 3)]:
        d = np.eye(5)[i] - np.eye(5)[j]
        ahead, behind = (np.sqrt(posterior(precision + way * np.outer(d, d)).diagonal()).sum() for way in (step, -step))
        assert slope[i, j] == pytest.approx((behind - ahead) / (2 * step), rel=1e-6)


def test_many_votes_hide_the_prior_and_leave_the_information_of_the_votes():
    counts, strengths = met(everyone(4, 1e6)), np.array([-1, 0, 0.5, 0.5])
    singular = information(counts, strengths)
    expected = np.linalg.inv(identified(singular)) - np.linalg.inv(identified(singular)).mean(axis=0)
    assert posterior(singular) == pytest.approx(expected, rel=1e-5)


def test_without_votes_each_model_has_the_prior():
    assert posterior(np.zeros((5, 5)), prior_sd=2.0) == pytest.approx(4 * (np.eye(5) - 0.2))


@pytest.mark.parametrize("seed", range(4))
def test_the_chances_are_symmetric_sum_to_one_and_leave_no_model_to_itself(seed):
    found = information_gain(*arena(seed)).matrix
    assert np.array_equal(found, found.T)
    assert not found.diagonal().any()
    assert np.triu(found).sum() == pytest.approx(1, abs=1e-12)


def test_relabelling_models_permutes_the_chances():
    counts, strengths = arena(9)
    order = np.array([3, 6, 0, 5, 1, 2, 4])
    found = information_gain(counts.among(order), strengths[order]).matrix
    assert found == pytest.approx(information_gain(counts, strengths).matrix[np.ix_(order, order)], rel=1e-9)


def test_the_least_known_pair_comes_most():
    battles = everyone(6, 100)
    battles[1, :] = battles[:, 1] = battles[4, :] = battles[:, 4] = 3
    battles[1, 1] = battles[4, 4] = battles[1, 4] = battles[4, 1] = 0
    assert best(information_gain(met(battles), np.zeros(6)).matrix) == {1, 4}


def test_of_equally_known_pairs_the_close_one_teaches_more_than_the_foreseeable_one():
    strengths = np.array([2, 2, -2, -2])
    chance = win_probabilities(strengths)
    equally_known = everyone(4, 50) / (chance * chance.T)
    found = shrinkage(met(equally_known), strengths)
    assert found[0, 1] == pytest.approx(found[2, 3])
    assert found[0, 1] > 3 * found[0, 2]


def test_a_newcomer_takes_most_of_the_battles_against_anybody():
    battles = everyone(10, 200)
    battles[7, :] = battles[:, 7] = 0
    strengths = np.where(np.arange(10) == 7, np.nan, 0.0)
    found = information_gain(met(battles), strengths).matrix
    assert found[7].sum() > 0.9
    assert found[7, :7] == pytest.approx(np.full(7, found[7, 0]))


def test_groups_that_never_met_are_joined_first():
    battles = np.kron(np.eye(2), np.ones((3, 3))) * everyone(6, 100)
    found = information_gain(met(battles), np.zeros(6)).matrix
    assert found[:3, 3:].sum() > 0.9


def test_without_any_votes_every_pair_is_equally_likely():
    found = information_gain(met(np.zeros((4, 4))), np.full(4, np.nan)).matrix
    assert found[~np.eye(4, dtype=bool)] == pytest.approx(np.full(12, 1 / 6))


@pytest.mark.parametrize("floor", [1e-3, 0.1, 1.0])
def test_every_allowed_pair_keeps_its_part_of_the_floor(floor):
    battles = everyone(5, 1e6)
    battles[4, :] = battles[:, 4] = 0
    found = information_gain(met(battles), np.array([9.0, -9, 0, 0, np.nan]), outages=[2], floor=floor).matrix
    allowed = [found[i, j] for i, j in [(0, 1), (0, 3), (0, 4), (1, 3), (1, 4), (3, 4)]]
    assert min(allowed) >= floor / 6 * (1 - 1e-12)
    assert not found[2].any()


@pytest.mark.parametrize("sharpness", [0.5, 1.0, 6.0])
def test_beyond_the_floor_the_chances_are_in_proportion_to_a_power_of_the_gain(sharpness):
    counts, strengths = arena(5)
    found = information_gain(counts, strengths, floor=0.2, sharpness=sharpness).matrix - 0.2 / 21
    gain = shrinkage(counts, strengths)
    for i, j in [(0, 1), (2, 4), (6, 3)]:
        assert found[i, j] / found[5, 6] == pytest.approx((gain[i, j] / gain[5, 6]) ** sharpness)


def test_without_end_of_sharpness_only_the_best_pair_and_the_floor_are_left():
    counts, strengths = arena(6)
    i, j = best(shrinkage(counts, strengths))
    expected = 0.1 / 21 * everyone(7, 1)
    expected[i, j] = expected[j, i] = 0.1 / 21 + 0.9
    assert information_gain(counts, strengths, sharpness=1e6).matrix == pytest.approx(expected)


def test_a_vote_weighted_by_its_inverse_probability_counts_at_most_one_over_the_floor_of_a_uniform_one():
    battles = everyone(8, 1e4)
    battles[3, :] = battles[:, 3] = 0
    found = information_gain(met(battles), np.linspace(-3, 3, 8)).matrix
    weights = 1 / 28 / found[np.triu_indices(8, 1)]
    assert 9 < weights.max() <= 10 * (1 + 1e-12)


def test_a_skewed_board_narrows_with_three_quarters_of_the_votes_of_uniform_pairing():
    skew = 5000 / np.arange(1, 21)
    history = np.outer(skew, skew) / skew.sum() * everyone(20, 1)
    ratios = []
    for seed in range(4):
        strengths = np.random.default_rng(seed).normal(0, 1, 20)
        by_gain, even = (votes_until(0.75, history, strengths, floor=floor) for floor in (FLOOR, 1))
        ratios.append(by_gain / even)
    assert np.mean(ratios) < 0.75


def test_strengths_worlds_apart_leave_the_uniform_pairing():
    found = information_gain(met(everyone(3, 5)), np.array([-1e4, 0, 1e4])).matrix
    assert found[~np.eye(3, dtype=bool)] == pytest.approx(np.full(6, 1 / 3))


def test_outages_and_forbidden_pairs_are_never_drawn():
    counts, strengths = arena(3)
    found, rng = information_gain(counts, strengths, outages=[0], forbidden=[(5, 2)]), Random(1)
    assert found.matrix[2, 5] == found.matrix[5, 2] == 0
    drawn = [draw(found, rng) for _ in range(2000)]
    assert all(pair.a != pair.b and 0 not in (pair.a, pair.b) for pair in drawn)
    assert {frozenset((pair.a, pair.b)) for pair in drawn} <= {
        frozenset((a, b)) for a in range(1, 7) for b in range(a) if b > 0 and {a, b} != {2, 5}
    }


@pytest.mark.parametrize(
    ("n_models", "limits"),
    [(0, {}), (1, {}), (2, {"outages": [0]}), (3, {"forbidden": [(0, 1), (1, 2), (2, 0)]})],
)
def test_where_no_two_models_may_meet_there_are_no_probabilities(n_models, limits):
    with pytest.raises(TooFewModels):
        information_gain(met(everyone(n_models, 9)), np.zeros(n_models), **limits)


def test_one_model_has_nothing_to_learn():
    assert shrinkage(met([[0]]), np.zeros(1)).tolist() == [[0]]


@pytest.mark.parametrize("strengths", [np.zeros(2), np.zeros((3, 3)), np.array([0, np.inf, 0])])
def test_strengths_that_do_not_fit_the_counts_are_refused(strengths):
    with pytest.raises(RatingsError, match="strengths must be 3"):
        information_gain(met(everyone(3, 5)), strengths)


@pytest.mark.parametrize("floor", [0, -0.1, 1.1, np.nan])
def test_a_floor_that_leaves_no_exploration_is_refused(floor):
    with pytest.raises(RatingsError, match="floor"):
        information_gain(met(everyone(3, 5)), np.zeros(3), floor=floor)


@pytest.mark.parametrize("sharpness", [0, -1, np.inf, np.nan])
def test_a_sharpness_that_orders_no_pairs_is_refused(sharpness):
    with pytest.raises(RatingsError, match="sharpness"):
        information_gain(met(everyone(3, 5)), np.zeros(3), sharpness=sharpness)


def test_groups_known_beyond_double_precision_are_refused():
    with pytest.raises(NotConverged):
        information_gain(met(np.kron(np.eye(2), everyone(2, 1e18))), np.zeros(4))


def test_models_that_are_not_there_are_refused():
    with pytest.raises(IndexOutOfRange):
        information_gain(met(everyone(3, 5)), np.zeros(3), outages=[-1])


def test_a_board_feeds_the_next_pair():
    votes = Comparisons([0, 1], [1, 2], outcome=[Outcome.MODEL_A, Outcome.TIE], n_models=4)
    counts = votes.fold()
    found = information_gain(counts, to_log_odds(standings(counts).rating))
    assert draw(found, Random(1)).probability > 0
    assert found.matrix[3].sum() > found.matrix[1].sum()


def test_what_few_people_have_said_of_a_model_is_asked_for_more():
    counts = PairCounts(np.full((4, 4), 30.0) - np.diag([30.0] * 4), np.zeros((4, 4)), both_bad=np.zeros((4, 4)))
    alike = information_gain(counts, np.zeros(4)).matrix
    doubted = information_gain(counts, np.zeros(4), design_factors=np.array([3.0, 1.0, 1.0, np.nan])).matrix
    assert np.allclose(alike[np.triu_indices(4, 1)], 1 / 6)
    assert doubted[0].sum() > 1.5 * alike[0].sum()
    assert doubted[2, 3] < alike[2, 3]
