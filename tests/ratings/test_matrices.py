import numpy as np
import pytest

from ratings import Comparisons, Outcome
from ratings.bradley_terry import fit
from ratings.matrices import average_against_others, battle_counts, chances_to_win, win_fractions

A, B, TIE, BOTH_BAD = Outcome
NONE = float("nan")

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture
def counts():
    """0 beats 1 twice, loses once and ties once; 1 and 2 only tie; 3 never met anybody."""
    return Comparisons([0, 1, 0, 0, 1], [1, 0, 1, 1, 2], outcome=[A, B, B, TIE, BOTH_BAD], n_models=4).fold()


def test_battles_are_counted_with_and_without_ties(counts):
    with_ties = [[NONE, 4, 0, 0], [4, NONE, 1, 0], [0, 1, NONE, 0], [0, 0, 0, NONE]]
    without = [[NONE, 3, 0, 0], [3, NONE, 0, 0], [0, 0, NONE, 0], [0, 0, 0, NONE]]
    assert np.array_equal(battle_counts(counts), with_ties, equal_nan=True)
    assert np.array_equal(battle_counts(counts, ties=False), without, equal_nan=True)


def test_win_fractions_are_empty_where_nobody_met_or_nothing_was_decided(counts):
    with_ties = np.full((4, 4), NONE)
    with_ties[0, 1], with_ties[1, 0], with_ties[1, 2], with_ties[2, 1] = 2.5 / 4, 1.5 / 4, 0.5, 0.5
    without = np.full((4, 4), NONE)
    without[0, 1], without[1, 0] = 2 / 3, 1 / 3
    assert np.array_equal(win_fractions(counts), with_ties, equal_nan=True)
    assert win_fractions(counts, ties=False) == pytest.approx(without, nan_ok=True)


def test_chances_of_a_pair_add_up_to_one_and_are_empty_between_groups():
    strengths = np.array([0.0, np.log(3), 0.5, NONE])
    alone = chances_to_win(strengths)
    assert alone[1, 0] == pytest.approx(0.75)
    assert (alone + alone.T)[:3, :3] == pytest.approx(np.where(np.eye(3, dtype=bool), NONE, 1), nan_ok=True)
    grouped = chances_to_win(strengths, group=np.array([0, 0, 1, -1]))
    assert np.argwhere(~np.isnan(grouped)).tolist() == [[0, 1], [1, 0]]


def test_the_average_is_over_the_cells_that_are_there(counts):
    assert average_against_others(win_fractions(counts)) == pytest.approx([0.625, 0.4375, 0.5, NONE], nan_ok=True)
    assert np.isnan(average_against_others(chances_to_win(np.zeros(1)))).all()


def test_average_win_rates_order_models_as_their_strengths_do_and_average_one_half(simulate):
    strengths = fit(simulate(np.linspace(-1, 1, 7), 500, seed=1).fold())
    average = average_against_others(chances_to_win(strengths))
    assert np.array_equal(np.argsort(average), np.argsort(strengths))
    assert average.mean() == pytest.approx(0.5)


def test_no_models_give_empty_matrices():
    nobody = Comparisons([], [], outcome=[], n_models=0).fold()
    assert win_fractions(nobody).shape == battle_counts(nobody).shape == chances_to_win(np.zeros(0)).shape == (0, 0)
