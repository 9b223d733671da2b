import numpy as np
import pytest

from ratings import Comparisons, Outcome
from ratings.elo import BadInitialRatings, history, replay, step, win_probability
from ratings.errors import UnknownOutcome

A, B, TIE, BOTH_BAD = Outcome


def test_the_expected_scores_of_a_player_rated_1613_are_the_published_ones():
    rivals = [1609, 1477, 1388, 1586, 1720]  # the worked example of the Wikipedia article on Elo
    expected = [win_probability(1613, rival) for rival in rivals]
    assert [round(chance, 2) for chance in expected] == [0.51, 0.69, 0.79, 0.54, 0.35]
    assert 1613 + 32 * (2.5 - sum(expected)) == pytest.approx(1601, abs=0.5)


@pytest.mark.parametrize(("outcome", "gain"), [(A, 4 / 11), (B, -40 / 11), (TIE, -18 / 11), (BOTH_BAD, -18 / 11)])
def test_a_favourite_by_400_points_gains_little_and_loses_much(outcome, gain):
    assert step(1400, 1000, outcome=outcome) == pytest.approx(gain)
    assert step(140, 100, outcome=outcome, k=8, scale=40) == pytest.approx(2 * gain)
    assert step(3, 2, outcome=outcome, scale=1, base=10) == pytest.approx(gain)


def test_even_absurd_ratings_do_not_overflow():
    assert win_probability(1e308, -1e308, scale=1e-3) == 1
    assert win_probability(-1e6, 1e6) == 0


def test_an_unknown_outcome_is_refused():
    with pytest.raises(UnknownOutcome):
        step(1000, 1000, outcome=7)  # type: ignore[arg-type]


def test_a_replay_equals_a_naive_loop(simulate):
    votes = simulate([0, 0.5, 1.0, 1.5], 500, seed=1, weights=True)
    ratings = [1000.0] * 4
    for a, b, outcome, weight in zip(votes.a, votes.b, votes.outcome, votes.weight, strict=True):
        expected = 1 / (1 + 10 ** ((ratings[b] - ratings[a]) / 400))
        change = weight * 4 * ((1, 0, 0.5, 0.5)[outcome] - expected)
        ratings[a] += change
        ratings[b] -= change
    assert replay(votes) == pytest.approx(np.array(ratings), abs=1e-9)


def test_points_only_change_hands(simulate):
    assert replay(simulate([0, 1, 2], 300, seed=2), start=1500.0).sum() == pytest.approx(4500)


def test_a_vote_of_weight_zero_changes_nothing():
    votes = Comparisons([0], [1], outcome=[A], weight=[0], n_models=2)
    assert replay(votes, [1100.0, 900.0]).tolist() == [1100.0, 900.0]


def test_going_on_from_stored_ratings_is_bit_for_bit_one_long_replay(simulate):
    votes = simulate([0, 0.5, 1.0, 1.5], 401, seed=3, weights=True)

    def part(rows):
        return Comparisons(
            votes.a[rows], votes.b[rows], outcome=votes.outcome[rows], weight=votes.weight[rows], n_models=4
        )

    first = replay(part(slice(0, 123)), k=3.7)
    assert np.array_equal(replay(part(slice(123, None)), initial=first, k=3.7), replay(votes, k=3.7))


def test_the_history_shows_every_step_from_the_start_to_the_replayed_end(simulate):
    votes = simulate([0, 1, 2], 50, seed=4)
    rows = history(votes, start=1200.0, k=10)
    assert rows.shape == (51, 3)
    assert rows[0].tolist() == [1200.0] * 3
    assert np.array_equal(rows[-1], replay(votes, start=1200.0, k=10))
    assert (np.count_nonzero(np.diff(rows, axis=0), axis=1) <= 2).all()


@pytest.mark.parametrize("initial", [[1000.0], [1000.0, np.nan], [[1000.0, 1000.0]], [np.inf, 0]])
def test_initial_ratings_must_be_one_finite_number_per_model(initial):
    with pytest.raises(BadInitialRatings):
        replay(Comparisons([0], [1], outcome=[A], n_models=2), initial)


def test_the_initial_ratings_handed_in_stay_as_they_were():
    initial = np.array([1000.0, 1000.0])
    replay(Comparisons([0], [1], outcome=[A], n_models=2), initial)
    assert initial.tolist() == [1000.0, 1000.0]
