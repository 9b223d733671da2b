import numpy as np
import pytest

from ratings.ranking import BadIntervals, rank_range, ranks


def test_overlapping_models_share_a_rank():
    lower, upper = np.array([90.0, 50, 85, 10]), np.array([110.0, 70, 95, 60])
    best, worst = rank_range(lower, upper)
    assert ranks(lower, upper).tolist() == best.tolist() == [1, 3, 1, 3]
    assert worst.tolist() == [2, 4, 2, 4]


@pytest.mark.parametrize("seed", range(5))
def test_ranks_equal_a_count_by_hand(seed):
    rng = np.random.default_rng(seed)
    lower = rng.integers(0, 20, 12).astype(float)
    upper = lower + rng.integers(0, 8, 12)
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
