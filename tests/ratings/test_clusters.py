import numpy as np
import pytest

from ratings import Comparisons, RatingsError
from ratings.bradley_terry import NoFiniteMaximum, fit
from ratings.clusters import covariance
from ratings.errors import LengthMismatch
from ratings.intervals import half_widths, sandwich


def test_with_each_vote_from_another_voter_it_is_the_sandwich(simulate):
    votes = simulate([0, 0.5, 1], 200, seed=1, weights=True)
    found = covariance(votes, fit(votes.fold()), voter=np.arange(200))
    assert found == pytest.approx(sandwich(votes.fold(), fit(votes.fold())) * 200 / 199, rel=1e-9)


def test_it_equals_a_slow_sum_over_the_voters(simulate):
    votes = simulate([0, 0.5, -1, 1], 120, seed=2)
    strengths, voter = fit(votes.fold()), np.random.default_rng(0).integers(0, 9, 120)
    designs = np.eye(4)[votes.a] - np.eye(4)[votes.b]
    chance = 1 / (1 + np.exp(-designs @ strengths))
    bread = np.linalg.pinv(designs.T @ (designs * (chance * (1 - chance))[:, None]))
    pulls = [designs[voter == v].T @ (votes.score - chance)[voter == v] for v in range(9)]
    middle = sum(np.outer(pull, pull) for pull in pulls) * 9 / 8
    assert covariance(votes, strengths, voter=voter) == pytest.approx(bread @ middle @ bread, abs=1e-12)


def test_every_vote_cast_five_times_by_its_voter_leaves_the_intervals_as_wide(simulate):
    once = simulate([0, 0.5, 1], 300, seed=3)
    rows, voter = np.repeat(np.arange(300), 5), np.arange(300)
    five = once.among(rows)
    wide = half_widths(covariance(once, fit(once.fold()), voter=voter))
    assert half_widths(covariance(five, fit(five.fold()), voter=voter[rows])) == pytest.approx(wide)
    assert half_widths(sandwich(five.fold(), fit(five.fold()))) == pytest.approx(wide / np.sqrt(5), rel=0.01)


def test_voters_with_tastes_of_their_own_are_covered_where_single_votes_are_not():
    rng, truth, held = np.random.default_rng(5), np.linspace(-0.8, 0.8, 6), []
    for _ in range(150):
        voter = np.repeat(np.arange(60), 20)
        taste = rng.normal(0, 0.8, (60, 6))
        a = rng.integers(0, 6, len(voter))
        b = (a + rng.integers(1, 6, len(voter))) % 6
        own = truth[a] - truth[b] + taste[voter, a] - taste[voter, b]
        votes = Comparisons(a, b, outcome=(rng.random(len(voter)) > 1 / (1 + np.exp(-own))).astype(int), n_models=6)
        strengths = fit(votes.fold())
        target = truth / np.sqrt(1 + 0.346 * 2 * 0.8**2)  # what a mean of logistic curves looks like
        errors = covariance(votes, strengths, voter=voter), sandwich(votes.fold(), strengths)
        held.append([np.abs(strengths - target) <= half_widths(error) for error in errors])
    by_voter, by_vote = np.mean(held, axis=(0, 2))
    assert by_voter > 0.92
    assert by_vote < 0.9


def test_excluded_votes_make_no_voter_and_a_single_voter_is_refused(simulate):
    votes = simulate([0, 1], 50, seed=6)
    weighted = votes.weighted(np.append(np.ones(49), 0.0))
    with pytest.raises(RatingsError, match="one voter"):
        covariance(weighted, fit(weighted.fold()), voter=np.append(np.zeros(49, int), 1))


def test_columns_that_do_not_fit_and_counts_without_maximum_are_refused(simulate):
    votes = simulate([0, 1], 50, seed=6)
    with pytest.raises(LengthMismatch):
        covariance(votes, np.zeros(2), voter=np.zeros(3, int))
    with pytest.raises(NoFiniteMaximum):
        covariance(votes.among(np.flatnonzero(votes.outcome == 0)[:1]), np.zeros(2), voter=np.zeros(1, int))
