import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import log_expit

from ratings import Comparisons, Outcome
from ratings.provisional import fit

A, B, TIE, BOTH_BAD = Outcome
CORE = np.array([True, True, True, False, False])
STRENGTHS = np.array([1.5, 0.5, 1.0, 99.0, -99.0])  # mean of the core 1.0; the others are not read


@pytest.fixture
def newcomers():
    """Models 3 and 4 met each other and the core of 0, 1 and 2."""
    return Comparisons([3, 3, 3, 4, 4, 0], [0, 1, 4, 2, 3, 1], outcome=[A, A, TIE, B, BOTH_BAD, A], n_models=5).fold()


def test_a_slow_optimiser_finds_the_same_peak_and_a_numeric_hessian_the_same_covariance(newcomers):
    def loss(free):
        s = np.concatenate([STRENGTHS[:3], free])
        return -(newcomers.score * log_expit(s[:, None] - s)).sum() + ((free - 1.0) ** 2).sum() / (2 * 0.7**2)

    found = fit(newcomers, STRENGTHS, is_core=CORE, prior_sd=0.7)
    assert found.strengths == pytest.approx(minimize(loss, [1, 1], options={"gtol": 1e-8}).x, abs=1e-6)
    h, unit = 1e-4, np.eye(2) * 1e-4
    at = found.strengths
    numeric = [
        [(loss(at + i + j) - loss(at + i - j) - loss(at - i + j) + loss(at - i - j)) / (4 * h * h) for i in unit]
        for j in unit
    ]
    assert np.linalg.inv(found.covariance) == pytest.approx(np.array(numeric), abs=1e-5)


def test_without_votes_the_prior_is_all_there_is():
    counts = Comparisons([], [], outcome=[], n_models=5).fold()
    found = fit(counts, STRENGTHS, is_core=CORE)
    assert found.strengths.tolist() == [1.0, 1.0]
    assert found.covariance == pytest.approx(np.eye(2))


def test_the_first_vote_of_an_arena_solves_its_equation():
    counts = Comparisons([0], [1], outcome=[A], n_models=2).fold()
    winner, loser = fit(counts, np.zeros(2), is_core=np.zeros(2, dtype=bool)).strengths
    assert winner == pytest.approx(1 / (1 + np.exp(2 * winner)))  # the slope of the vote equals that of the prior
    assert loser == pytest.approx(-winner)


@pytest.mark.parametrize("votes", [1, 10, 10_000, 10**9])
def test_however_often_a_newcomer_wins_its_rating_is_finite_and_its_variance_below_the_prior(votes):
    counts = Comparisons([3], [0], outcome=[A], weight=[votes], n_models=5).fold()
    found = fit(counts, STRENGTHS, is_core=CORE)
    assert 1.0 < found.strengths[0] < 25
    assert 0 < found.covariance[0, 0] < 1


def test_nobody_outside_the_core_leaves_nothing_to_fit(newcomers):
    found = fit(newcomers, STRENGTHS, is_core=np.ones(5, dtype=bool))
    assert found.strengths.shape == (0,)
    assert found.covariance.shape == (0, 0)
