import numpy as np
import pytest

from ratings.scale import to_log_odds, to_points, width_in_points


def test_odds_of_ten_to_one_are_400_points_above_the_start():
    assert to_points(np.log([1.0, 10.0, 0.01])) == pytest.approx([1000, 1400, 200])


def test_one_log_odds_is_173_point_7_points():
    assert width_in_points(np.array([1.0])) == pytest.approx([173.7178], abs=1e-4)


def test_points_and_log_odds_are_each_other_s_inverse_on_any_scale():
    points = np.array([1500.0, 1371.5, 2222.0])
    for scale in ({}, {"start": 1500.0, "scale": 100.0, "base": 2.0}):
        assert to_points(to_log_odds(points, **scale), **scale) == pytest.approx(points)
    assert to_points(np.log([2.0]), start=0.0, scale=100.0, base=2.0) == pytest.approx([100])
