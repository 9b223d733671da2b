"""The intervals of the site hold the truth in 95% of simulated arenas, and the simulation is what it says."""

import numpy as np
import pytest

from benchmarks.coverage import DESIGNS, SETS, Design, draw, measure, meetings, pairs
from ratings.bradley_terry import win_probabilities
from ratings.intervals import sandwich

BAND = 0.94, 0.96
SMALL = Design(6, 600, skew=1.0, ties="level")


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "design"), list(enumerate(DESIGNS)), ids=str)
def test_95_percent_intervals_hold_the_truth_in_94_to_96_percent(seed, design):
    measured = measure(design, sets=SETS, seed=seed)
    found = measured.methods["hc3"]
    assert BAND[0] - 2 * found.error <= found.coverage <= BAND[1] + 2 * found.error
    assert measured.without_maximum <= SETS / 100


def test_intervals_of_half_the_width_are_far_below_the_band():
    methods = {"whole": sandwich, "half": lambda counts, strengths: sandwich(counts, strengths) / 4}
    found = measure(SMALL, sets=60, seed=1, methods=methods).methods
    assert found["half"].width == pytest.approx(0.5)
    assert found["half"].coverage < 0.8 < 0.9 < found["whole"].coverage


def test_the_standard_error_is_that_between_arenas_and_shrinks_with_their_number():
    few, many = (measure(SMALL, sets=sets, seed=2).methods["hc3"].error for sets in (40, 360))
    assert few / many == pytest.approx(3, rel=0.5)
    independent = np.sqrt(0.95 * 0.05 / 6 / 360)
    assert independent < many < 2 * independent


@pytest.mark.parametrize("ties", ["level", "no"])
def test_level_ties_and_none_leave_the_expected_score_at_the_bradley_terry_chance(ties):
    arena = draw(Design(4, 400_000, skew=0.0, ties=ties), np.random.default_rng(3))
    chance = win_probabilities(arena.truth)
    apart = ~np.eye(4, dtype=bool)
    assert (arena.counts.score / np.maximum(arena.counts.battles, 1))[apart] == pytest.approx(chance[apart], abs=0.01)
    assert arena.counts.ties.sum() / arena.counts.battles.sum() == pytest.approx(0.3 * (ties == "level"), abs=0.005)


def test_flat_ties_are_as_likely_in_every_pair_and_shrink_the_limit_of_the_fit():
    arena = draw(Design(4, 400_000, skew=0.0, ties="flat"), np.random.default_rng(4))
    apart = ~np.eye(4, dtype=bool)
    assert (arena.counts.ties / np.maximum(arena.counts.battles, 1))[apart] == pytest.approx(0.3, abs=0.01)
    found = arena.counts.score / arena.counts.score.sum()
    assert arena.expected / arena.expected.sum() == pytest.approx(found, abs=0.002)


def test_pairs_are_drawn_as_often_as_their_chances_say():
    popularity = np.array([1.0, 0.5, 0.25, 2.0])
    a, b = pairs(popularity, 200_000, np.random.default_rng(5))
    found = np.zeros((4, 4))
    np.add.at(found, (a, b), 1)
    assert (found + found.T) / len(a) == pytest.approx(meetings(popularity), abs=0.005)
