import warnings

import numpy as np
import pytest
from scipy.stats import norm

from ratings.bradley_terry import fit
from ratings.intervals import BadConfidence, half_widths, hc3
from ratings.ranking import (
    BadIntervals,
    chances_above_next,
    rank_range,
    ranks,
    significantly_better,
    simultaneous_ranks,
)


def test_overlapping_models_share_a_rank():
    lower, upper = np.array([90.0, 50, 85, 10]), np.array([110.0, 70, 95, 60])
    best, worst = rank_range(lower, upper)
    assert ranks(lower, upper).tolist() == best.tolist() == [1, 3, 1, 3]
    assert worst.tolist() == [2, 4, 2, 4]


@pytest.mark.parametrize("seed", range(5))
def test_ranks_equal_a_count_by_hand(seed):
    rng = np.random.default_rng(seed)
    lower = rng.integers(0, 20, 12).astype(float)
    upper = lower + rng.integers(0, 8, 12).astype(float)
    best, worst = rank_range(lower, upper)
    for i in range(12):
        assert best[i] == 1 + sum(lower[j] > upper[i] for j in range(12))
        assert worst[i] == 1 + sum(upper[j] >= lower[i] for j in range(12) if j != i)


def test_bounds_that_only_touch_do_overlap():
    assert ranks(np.array([10.0, 5]), np.array([20.0, 10])).tolist() == [1, 1]


@pytest.mark.parametrize(("lower", "upper"), [([2.0], [1.0]), ([np.nan], [1.0]), ([1.0, 2.0], [3.0])])
def test_bounds_that_are_no_interval_are_refused(lower, upper):
    with pytest.raises(BadIntervals):
        ranks(np.array(lower), np.array(upper))


def test_nobody_has_no_rank():
    assert ranks(np.zeros(0), np.zeros(0)).tolist() == []


def holm_by_hand(strengths, covariance, risk):
    pairs = [(i, j) for i in range(len(strengths)) for j in range(len(strengths)) if strengths[i] > strengths[j]]

    def chance(pair):
        i, j = pair
        variance = covariance[i, i] + covariance[j, j] - 2 * covariance[i, j]
        return 2 * norm.sf((strengths[i] - strengths[j]) / np.sqrt(variance))

    better = np.zeros_like(covariance, dtype=bool)
    for done, pair in enumerate(sorted(pairs, key=chance)):
        if chance(pair) > risk / (len(pairs) - done):
            break
        better[pair] = True
    return better


@pytest.mark.parametrize("seed", range(5))
def test_who_is_significantly_better_equals_holm_by_hand_and_ranks_count_it(simulate, seed):
    counts = simulate(np.linspace(-1, 1, 8), 500, seed=seed).fold()
    strengths = fit(counts)
    covariance = hc3(counts, strengths)
    better = significantly_better(strengths, covariance, confidence=0.9)
    best, worst = simultaneous_ranks(strengths, covariance, confidence=0.9)
    assert better.any()
    assert np.array_equal(better, holm_by_hand(strengths, covariance, 1 - 0.9))
    assert best.tolist() == [1 + sum(better[:, i]) for i in range(8)]
    assert worst.tolist() == [8 - sum(better[i]) for i in range(8)]


def test_of_equal_models_one_is_called_better_in_at_most_5_percent_of_arenas_where_overlap_does_it_far_more_often(
    simulate,
):
    wrong = []
    for seed in range(300):
        counts = simulate(np.zeros(12), 1500, seed=seed).fold()
        strengths = fit(counts)
        covariance = hc3(counts, strengths)
        width = half_widths(covariance)
        overlap = ranks(strengths - width, strengths + width)
        wrong.append([significantly_better(strengths, covariance).any(), (overlap > 1).any()])
    assert np.mean(wrong, axis=0)[0] <= 0.06
    assert np.mean(wrong, axis=0)[1] > 0.15


def test_what_errors_share_does_not_hide_a_difference():
    strengths = np.array([0.3, 0.0, -0.3])
    shared, apart = np.full((3, 3), 5.0) + np.eye(3) / 1000, np.eye(3) * 5
    assert simultaneous_ranks(strengths, shared)[0].tolist() == [1, 2, 3]
    assert simultaneous_ranks(strengths, apart)[0].tolist() == [1, 1, 1]
    assert simultaneous_ranks(strengths, apart)[1].tolist() == [3, 3, 3]


def test_models_known_without_error_are_ranked_by_it_and_equal_ones_share_a_rank():
    best, worst = simultaneous_ranks(np.array([1.0, 2.0, 1.0]), np.zeros((3, 3)))
    assert best.tolist() == [2, 1, 2]
    assert worst.tolist() == [3, 1, 3]
    with warnings.catch_warnings(action="error"):
        for n in (0, 1):
            assert simultaneous_ranks(np.zeros(n), np.zeros((n, n)))[0].tolist() == [1] * n


@pytest.mark.parametrize("seed", range(3))
def test_permuting_the_models_permutes_the_simultaneous_ranks(simulate, seed):
    counts = simulate(np.linspace(-1, 1, 7), 400, seed=seed).fold()
    strengths, order = fit(counts), np.random.default_rng(seed).permutation(7)
    covariance = hc3(counts, strengths)
    for one, moved in zip(
        simultaneous_ranks(strengths, covariance),
        simultaneous_ranks(strengths[order], covariance[np.ix_(order, order)]),
        strict=True,
    ):
        assert np.array_equal(moved, one[order])


@pytest.mark.parametrize(
    ("strengths", "covariance"),
    [([0.0, np.nan], np.eye(2)), ([0.0, 1.0], np.eye(3)), ([0.0, 1.0], [[1, np.nan], [np.nan, 1]])],
)
def test_a_covariance_that_does_not_fit_or_is_not_a_number_is_refused(strengths, covariance):
    with pytest.raises(BadIntervals):
        simultaneous_ranks(np.array(strengths), np.array(covariance))


def test_an_impossible_confidence_is_refused():
    with pytest.raises(BadConfidence):
        simultaneous_ranks(np.zeros(2), np.eye(2), confidence=95)


def test_the_chance_to_be_above_the_next_counts_what_the_errors_share():
    found = chances_above_next(np.array([0.0, 2.0, 1.0]), np.diag([0.5, 0.5, 0.5]))
    assert np.isnan(found[0])
    assert found[1:] == pytest.approx([norm.cdf(1.0), norm.cdf(1.0)])
    shared = np.full((3, 3), 0.49) + np.diag([0.01, 0.01, 0.01])
    assert (chances_above_next(np.array([0.0, 2.0, 1.0]), shared)[1:] > 0.999999).all()
    assert chances_above_next(np.zeros(2), np.zeros((2, 2)))[0] == 0.5


def test_the_stronger_one_is_right_as_often_as_the_chance_says():
    rng, covariance = np.random.default_rng(3), np.array([[0.02, 0.005], [0.005, 0.02]])
    gaps = rng.uniform(-3, 3, 20_000)  # any difference is as likely as any other near nought
    measured = np.stack([gaps, np.zeros_like(gaps)], axis=1) + rng.multivariate_normal([0, 0], covariance, len(gaps))
    said = np.array([np.nanmax(chances_above_next(one, covariance)) for one in measured])
    is_right = (measured[:, 0] > measured[:, 1]) == (gaps > 0)
    for low, high in ((0.5, 0.7), (0.7, 0.9), (0.9, 0.99)):
        some = (said >= low) & (said < high)
        assert abs(is_right[some].mean() - said[some].mean()) < 4 * np.sqrt(0.25 / some.sum())
