import pytest

from arena.charts.axis import linear_axis, log_axis, short_number


@pytest.mark.parametrize("values", [(0,), (1000,), (941.3, 1058.6), (-312.5, 2100.1), (0, 1), (0, 1e7), (7.0, 7.0)])
def test_a_linear_axis_holds_its_values_between_a_few_round_numbers(values):
    axis = linear_axis(values, start=10, end=110)
    assert axis.values[0] <= min(values) <= max(values) <= axis.values[-1]
    assert 2 <= len(axis.values) <= 8
    assert (axis.at(axis.values[0]), axis.at(axis.values[-1])) == (10, 110)


def test_the_steps_of_an_axis_are_the_numbers_that_people_count_in():
    assert linear_axis((941.3, 1058.6), start=0, end=1).values == (900, 950, 1000, 1050, 1100)
    assert linear_axis((0, 3), start=0, end=1).values == (0, 1, 2, 3)


@pytest.mark.parametrize("values", [(1e9,), (1.35e8, 7e10), (1, 1e12), (0.2,), (7e9, 7e9)])
def test_a_logarithmic_axis_does_so_by_factors(values):
    axis = log_axis(values, start=0, end=100)
    assert axis.values[0] <= min(values) <= max(values) < axis.values[-1]
    assert 2 <= len(axis.values) <= 14
    assert axis.at(axis.values[0]) == 0


def test_equal_factors_are_equal_widths():
    axis = log_axis((1, 90), start=0, end=100)
    assert axis.at(10) - axis.at(1) == axis.at(100) - axis.at(10) == 50


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (0.05, "0.05"),
        (0.5, "0.5"),
        (1058.6, "1059"),
        (-312.5, "-312"),
        (9_999, "9999"),
        (9_999.7, "10k"),
        (12_345, "12k"),
        (999_800, "1M"),
        (1_250_000, "1.2M"),
        (1.35e8, "135M"),
        (7e9, "7B"),
        (7.24e10, "72B"),
        (1e12, "1T"),
    ],
)
def test_a_number_is_short_enough_for_a_cell(value, words):
    assert short_number(value) == words
