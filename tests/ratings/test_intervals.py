import numpy as np
import pytest

from ratings import Comparisons, Outcome, PairCounts
from ratings.bradley_terry import NoFiniteMaximum, fit
from ratings.intervals import BadConfidence, half_widths, normal_quantile, sandwich


@pytest.mark.parametrize("seed", range(3))
def test_the_covariance_equals_that_of_a_slow_walk_over_the_votes(simulate, seed):
    votes = simulate([0, 0.5, -1, 1, 0.2], 200, seed=seed)
    strengths = fit(votes.fold())
    information, scores = np.zeros((5, 5)), np.zeros((5, 5))
    for a, b, outcome in zip(votes.a, votes.b, votes.outcome, strict=True):
        design = np.zeros(5)
        design[a], design[b] = 1, -1
        chance = 1 / (1 + np.exp(-design @ strengths))
        residual = [1, 0, 0.5, 0.5][outcome] - chance
        information += chance * (1 - chance) * np.outer(design, design)
        scores += residual**2 * np.outer(design, design)
    bread = np.linalg.pinv(information)
    assert sandwich(votes.fold(), strengths) == pytest.approx(bread @ scores @ bread, abs=1e-12)


def test_two_models_have_the_variance_worked_out_by_hand():
    counts = Comparisons([0] * 4, [1] * 4, outcome=[0, 0, 0, 1], n_models=2).fold()
    # p = 3/4; the difference of the strengths varies by 1 / (4 p (1 - p)) = 4/3, each strength by a quarter of it.
    assert sandwich(counts, fit(counts)) == pytest.approx(np.array([[1, -1], [-1, 1]]) / 3)


def test_intervals_at_95_percent_hold_the_truth_in_95_percent_of_simulated_arenas(simulate):
    truth = np.linspace(-1.2, 1.2, 10)
    held = []
    for seed in range(250):
        counts = simulate(truth, 1000, seed=seed).fold()
        strengths = fit(counts)
        held.append(np.abs(strengths - truth) <= half_widths(sandwich(counts, strengths)))
    assert 0.93 < np.mean(held) < 0.97


def test_a_hundred_times_the_votes_give_a_tenth_of_the_width(simulate):
    counts = simulate([0, 1, 2], 200, seed=7).fold()
    more = PairCounts(counts.wins * 100, counts.ties * 100, both_bad=counts.both_bad * 100)
    wide, narrow = (half_widths(sandwich(c, fit(c))) for c in (counts, more))
    assert narrow == pytest.approx(wide / 10)


def test_the_covariance_is_symmetric_and_its_rows_sum_to_zero(simulate):
    counts = simulate([0, 1, 2, 3], 300, seed=2).fold()
    covariance = sandwich(counts, fit(counts))
    assert np.array_equal(covariance, covariance.T)
    assert covariance.sum(axis=1) == pytest.approx(0, abs=1e-12)


def test_the_normal_quantile_is_the_published_one_and_widths_scale_with_it():
    assert normal_quantile(0.95) == pytest.approx(1.959963985, abs=1e-9)
    assert half_widths(np.eye(2) * 4, confidence=0.99) == pytest.approx(2 * 2.575829304)


@pytest.mark.parametrize("confidence", [0.0, 1.0, -1.0, 95, float("nan")])
def test_a_confidence_outside_0_to_1_is_refused(confidence):
    with pytest.raises(BadConfidence):
        half_widths(np.eye(2), confidence=confidence)


def test_counts_without_a_finite_maximum_have_no_covariance():
    counts = Comparisons([0], [1], outcome=[Outcome.MODEL_A], n_models=2).fold()
    with pytest.raises(NoFiniteMaximum):
        sandwich(counts, np.zeros(2))


def test_one_model_alone_has_no_variance():
    assert sandwich(Comparisons([], [], outcome=[], n_models=1).fold(), np.zeros(1)).tolist() == [[0]]
