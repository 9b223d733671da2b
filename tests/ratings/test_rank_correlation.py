import warnings

import numpy as np
import pytest
from scipy import stats

from ratings.errors import RatingsError
from ratings.rank_correlation import spearman


def test_it_is_scipys_with_ties_too():
    rng = np.random.default_rng(1)
    for size in (4, 9, 40):
        first, second = rng.normal(size=size), rng.integers(0, 4, size=size).astype(float)
        assert spearman(first, second).value == pytest.approx(stats.spearmanr(first, second).statistic)


def test_the_same_order_is_one_and_the_reverse_minus_one_without_an_interval():
    ratings = np.array([1000.0, 1100.0, 900.0, 1250.0, 800.0])
    same, reverse = spearman(ratings, np.exp(ratings / 100)), spearman(ratings, -ratings)
    assert (same.value, same.lower, same.upper) == (pytest.approx(1), None, None)
    assert (reverse.value, reverse.lower, reverse.models) == (pytest.approx(-1), None, 5)


def test_the_interval_is_that_of_bonett_and_wright():
    found = spearman(np.arange(10.0), np.array([1.0, 0, 3, 2, 5, 4, 7, 6, 9, 8]))
    assert found.value == pytest.approx(1 - 6 * 10 / 990)
    z, step = np.arctanh(found.value), 1.959964 * np.sqrt((1 + found.value**2 / 2) / 7)
    assert (found.lower, found.upper) == (pytest.approx(np.tanh(z - step)), pytest.approx(np.tanh(z + step)))


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(2)
    r, held = 0.7, 0
    for _ in range(400):
        first = rng.normal(size=20)
        second = r * first + np.sqrt(1 - r * r) * rng.normal(size=20)
        found = spearman(first, second)
        held += found.lower <= 6 / np.pi * np.arcsin(r / 2) <= found.upper
    assert 0.91 <= held / 400 <= 0.99


def test_too_few_models_or_no_order_say_nothing():
    three = np.arange(3.0)
    assert spearman(three, three) is None
    assert spearman(np.ones(5), np.arange(5.0)) is None
    assert spearman(np.arange(5.0), np.ones(5)) is None
    assert spearman(np.empty(0), np.empty(0)) is None


def test_it_warns_of_nothing_and_refuses_numbers_of_other_models():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        spearman(np.arange(4.0), np.array([1.0, 1.0, 1.0, 2.0]))
    with pytest.raises(RatingsError, match="not numbers of the same models"):
        spearman(np.arange(4.0), np.arange(5.0))
