"""Battles without a vote: failures as losses, and the bounds that those left imply."""

import numpy as np
import pytest

from ratings import PairCounts
from ratings.bradley_terry import fit
from ratings.scale import POINTS_PER_LOG_ODD
from ratings.standings import standings
from ratings.unvoted import with_unvoted, with_wins


@pytest.fixture
def counts(simulate):
    return simulate([0, 0.4, -0.3], 300, seed=5).fold()


NONE = np.zeros((3, 3))


def test_without_failures_and_battles_left_all_is_as_rated(counts):
    found = with_unvoted(counts, failures=NONE, left=NONE)
    for ratings in (found.as_losses, found.worst, found.best):
        assert ratings == pytest.approx(standings(counts).rating)


def test_a_failure_is_a_loss_against_the_other_side(counts):
    failures = NONE.copy()
    failures[1, 0] = 12
    more = PairCounts(counts.wins + failures.T, counts.ties, both_bad=counts.both_bad)
    found = with_unvoted(counts, failures=failures, left=NONE)
    assert found.as_losses == pytest.approx(1000 + POINTS_PER_LOG_ODD * fit(more))
    assert found.as_losses[1] < standings(counts).rating[1]


def test_the_bounds_hold_every_way_in_which_those_left_could_have_ended(counts):
    left = np.array([[0, 20, 10], [20, 0, 5], [10, 5, 0]], dtype=float)
    found, rng = with_unvoted(counts, failures=NONE, left=left), np.random.default_rng(0)
    for model in range(3):
        assert found.worst[model] < found.as_losses[model] < found.best[model]
        for _ in range(20):
            won = np.zeros((3, 3))
            won[model] = rng.integers(0, left[model] + 1)
            lost = np.where(np.arange(3)[:, None] == model, left - won, 0).T
            rating = standings(with_wins(counts, won + lost)).rating[model]
            assert found.worst[model] - 1e-6 <= rating <= found.best[model] + 1e-6


def test_weighted_votes_stay_as_they_are(simulate):
    counts = simulate([0, 0.4], 200, seed=5, weights=True).fold()
    more = np.array([[0.0, 2.0], [0.0, 0.0]])
    found = with_wins(counts, more)
    assert found.battles[0, 1] == pytest.approx(counts.battles[0, 1] + 2)
    assert found.squares.battles[0, 1] == pytest.approx(counts.squares.battles[0, 1] + 2)


def test_whom_no_vote_rates_stays_unrated(counts):
    wider = PairCounts(*(np.pad(plane, (0, 1)) for plane in (counts.wins, counts.ties)), both_bad=np.zeros((4, 4)))
    found = with_unvoted(wider, failures=np.zeros((4, 4)), left=np.zeros((4, 4)))
    assert np.isnan([found.as_losses[3], found.worst[3], found.best[3]]).all()
