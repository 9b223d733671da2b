"""What holds for every chart, of nobody, of one model and of three hundred."""

import re
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from arena.charts.bars import bars_chart
from arena.charts.columns import columns_chart
from arena.charts.heat_map import SHADES, heat_map
from arena.charts.intervals import RatedModel, intervals_chart
from arena.charts.labels import cut, label, letters, spread
from arena.charts.lines import lines_chart
from arena.charts.scatter import MeasuredModel, scatter

SIZES = [1, 3, 59, 300]
START = datetime(2026, 1, 1, tzinfo=UTC)
NONE = float("nan")


def names(models):
    return [f"MODEL-{number}" for number in range(models)]


def numbers(value):
    """All numbers in a chart, those in its paths too."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [number for part in value for number in numbers(part)]
    if isinstance(value, str):
        return [float(number) for number in re.findall(r"-?[\d.]+", value)] if "," in value else []
    return [value] if isinstance(value, int | float) else []


def middle(dot):
    """Where the middle of its name lies."""
    half = 7.5 * len(dot.label.text) / 2
    return dot.label.x + {"start": half, "middle": 0, "end": -half}[dot.anchor], dot.label.y


def assert_fits(chart):
    """Every number is finite and no farther out than the chart is wide or high."""
    assert np.isfinite(numbers(asdict(chart))).all()
    assert all(0 <= number <= max(chart.width, chart.height) for number in numbers(asdict(chart)))


def test_without_models_there_is_no_chart():
    assert intervals_chart([]) is bars_chart([]) is scatter([]) is columns_chart([]) is None
    assert heat_map([], np.zeros((0, 0)), most=0, words=str) is None
    assert lines_chart([], []) is None


@pytest.mark.parametrize("models", SIZES)
def test_intervals_stand_in_rows_around_their_ratings(models):
    chart = intervals_chart(
        [RatedModel(name, 1000 + i, 900, 1100 + i, group=i // 200) for i, name in enumerate(names(models))]
    )
    assert_fits(chart)
    assert all(mark.start < mark.at < mark.end for mark in chart.marks)
    assert all(below.y - above.y >= 20 for above, below in pairwise(chart.marks))
    assert len(chart.borders) == (models - 1) // 200


def test_an_interval_without_width_is_drawn():
    assert_fits(intervals_chart([RatedModel("ZEBRA-7", 1000, 1000, 1000)]))


@pytest.mark.parametrize("models", SIZES)
def test_bars_are_as_long_as_their_shares(models):
    chart = bars_chart([(name, 100 * place / models) for place, name in enumerate(names(models))])
    assert_fits(chart)
    lengths = [bar.length for bar in chart.bars]
    assert lengths == sorted(lengths)
    assert lengths[0] == 0


@pytest.mark.parametrize("models", SIZES[1:])
def test_a_heat_map_has_a_figure_and_a_shade_in_each_cell_that_is_not_empty(models):
    values = np.arange(models * models, dtype=float).reshape(models, models)
    np.fill_diagonal(values, NONE)
    chart = heat_map(names(models), values, most=values[-1, -2], words=lambda value: f"{value:.0f}")
    assert len(chart.cells) == models * (models - 1)
    assert sum(shade.path.count("M") for shade in chart.shades) == len(chart.cells)
    assert {SHADES} <= {shade.number for shade in chart.shades} <= set(range(SHADES + 1))
    assert all(cell.x < chart.width and cell.y < chart.height for cell in chart.cells)


@pytest.mark.parametrize("values", [[[NONE, 0], [0, NONE]], [[NONE, NONE], [NONE, NONE]]])
def test_a_heat_map_of_nothing_divides_by_nothing(values):
    chart = heat_map(names(2), np.array(values), most=0, words=str)
    assert {shade.number for shade in chart.shades} <= {0}
    assert heat_map(names(1), np.array([[NONE]]), most=0, words=str) is None


@pytest.mark.parametrize("models", [1, 3, 8])
def test_lines_keep_their_names_apart_even_where_all_ratings_are_one(models):
    moments = [START + timedelta(days=days) for days in range(5)]
    chart = lines_chart(moments, [(name, [None, 1000, 1000, None, 1000]) for name in names(models)])
    assert_fits(chart)
    heights = sorted(line.label.y for line in chart.lines)
    assert all(below - above >= 18 for above, below in pairwise(heights))
    assert lines_chart(moments[:1], [("ZEBRA-7", [1000])]) is None
    assert lines_chart(moments[:2], [("ZEBRA-7", [None, None])]) is None


@pytest.mark.parametrize("models", SIZES)
@pytest.mark.parametrize("is_logarithmic", [True, False])
def test_no_two_names_of_a_scatter_lie_on_each_other(models, is_logarithmic):
    rng = np.random.default_rng(models)
    places = zip(names(models), rng.uniform(1, 100, models), rng.normal(1000, 80, models), strict=True)
    chart = scatter([MeasuredModel(*place) for place in places], is_logarithmic=is_logarithmic)
    assert_fits(chart)
    shown = [middle(dot) for dot in chart.dots if dot.label]
    assert len(shown) >= min(models, 10)
    for number, (x, y) in enumerate(shown):
        assert not any(abs(y - below) < 16 and abs(x - right) < 50 for right, below in shown[:number])


@pytest.mark.parametrize("days", [1, 3, 90])
def test_columns_stand_on_the_ground_and_none_falls_below_it(days):
    chart = columns_chart([(date(2026, 1, 1) + timedelta(days=day), day - 1) for day in range(days)])
    assert_fits(chart)
    assert chart.columns[0].height == 0
    assert all(left.x + left.width <= right.x for left, right in pairwise(chart.columns))


def test_a_name_is_cut_by_the_room_that_it_takes():
    assert cut("short") == "short"
    assert cut("a-name-that-is-much-too-long") == "a-name-that-is-much…"
    assert cut("한국어로 지은 아주 긴 이름의 모델") == "한국어로 지은 아주…"
    assert letters(cut("모" * 100)) <= 20
    assert (label(0, 0, "short").full, label(0, 0, "모" * 12).full) == ("", "모" * 12)


def test_places_are_moved_only_as_far_as_needed():
    assert spread([10, 50, 90], gap=18, lowest=0, highest=100) == [10, 50, 90]
    assert spread([90, 95, 96], gap=10, lowest=0, highest=100) == [80, 90, 100]
    assert spread([5, 1, 5], gap=10, lowest=0, highest=100) == [11, 1, 21]
