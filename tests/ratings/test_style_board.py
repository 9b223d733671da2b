import numpy as np
import pytest

from ratings.comparisons import Comparisons
from ratings.standings import standings
from ratings.style_board import style_board

STRENGTHS = np.array([0.6, 0.2, -0.2, -0.6])
EFFECT, SIDE = 0.9, 0.25


def votes(how_many=4000, *, seed=1, groups=1):
    """Longer answers and side A win more than they deserve; the weakest model writes the longest answers."""
    rng, n = np.random.default_rng(seed), len(STRENGTHS)
    a = rng.integers(0, n, how_many)
    b = (a + rng.integers(1, n, how_many)) % n
    length = np.clip(rng.normal(0, 0.3, how_many) - 0.4 * (STRENGTHS[a] - STRENGTHS[b]), -1, 1)
    chance = 1 / (1 + np.exp(-(STRENGTHS[a] - STRENGTHS[b] + EFFECT * length / np.sqrt(np.mean(length**2)) + SIDE)))
    outcome = np.where(rng.random(how_many) < chance, 0, 1)
    return a, b, outcome, length


def board(a, b, outcome, features, names=("length",), n_models=4):
    return style_board(Comparisons(a, b, outcome=outcome, n_models=n_models, features=features), names)


def test_strengths_are_found_that_length_and_side_hide():
    a, b, outcome, length = votes()
    found = board(a, b, outcome, length[:, None])
    truth = 1000 + 400 / np.log(10) * STRENGTHS
    assert np.abs(found.standings.rating - truth).max() < 40
    plain = standings(Comparisons(a, b, outcome=outcome, n_models=4).fold())
    assert np.abs(plain.rating - truth).max() > 60


def test_intervals_of_the_effects_hold_the_truth_as_often_as_they_say():
    truth = {"length": EFFECT * 400 / np.log(10), "position": SIDE * 400 / np.log(10)}
    held = dict.fromkeys(truth, 0)
    for seed in range(20):
        a, b, outcome, length = votes(1000, seed=seed)
        for effect in board(a, b, outcome, length[:, None]).effects:
            held[effect.name] += effect.lower < truth[effect.name] < effect.upper
    assert min(held.values()) >= 16  # of 20 at 95%: fewer once in 400 times


def test_a_feature_that_never_differs_is_left_out_and_the_others_stay():
    a, b, outcome, length = votes()
    features = np.stack([np.zeros_like(length), length, length], axis=1)
    found = board(a, b, outcome, features, ("bold", "length", "same again"))
    names = [effect.name for effect in found.effects]
    assert "bold" not in names
    assert len({"length", "same again"} & set(names)) == 1
    assert np.isfinite(found.standings.rating).all()


def test_one_vote_or_none_makes_a_board_without_effects():
    empty = np.zeros(0, int)
    assert np.isnan(board(empty, empty, empty, np.zeros((0, 1))).standings.rating).all()
    one = board(np.array([0]), np.array([1]), np.array([0]), np.array([[0.5]]))
    assert one.effects == ()
    assert one.standings.group.tolist() == [0, 0, -1, -1]


def test_a_small_group_beside_takes_no_feature_from_the_large_one():
    a, b, outcome, length = votes()
    few = np.array([4, 4, 5]), np.array([5, 5, 4]), np.array([0, 1, 0])
    first, second, outcomes = (np.concatenate(pair) for pair in zip((a, b, outcome), few, strict=True))
    found = board(first, second, outcomes, np.concatenate([length, np.zeros(3)])[:, None], n_models=6)
    assert [effect.name for effect in found.effects] == ["length", "position"]
    assert found.standings.rating[:4] == pytest.approx(board(a, b, outcome, length[:, None]).standings.rating, abs=5)
