"""Whether a model's early votes and its late ones speak of the same strength."""

import numpy as np
import pytest

from ratings import Comparisons
from ratings.bradley_terry import fit
from ratings.drift import Change, changes, marked

MODELS = 5


def arena(seed, *, votes=1200, change=0.0, at=0.5, voters=0, taste=0.0):
    """Votes in which the model 0 is stronger by so many points from a moment on, by people in sessions of ten votes."""
    rng = np.random.default_rng(seed)
    a = rng.integers(0, MODELS, votes)
    b = (a + rng.integers(1, MODELS, votes)) % MODELS
    strengths = np.tile(rng.normal(0, 0.5, MODELS), (votes, 1))
    strengths[int(at * votes) :, 0] += change / 173.7
    voter = None
    if voters:
        voter = np.repeat(rng.integers(0, voters, votes // 10), 10)
        strengths += rng.normal(0, taste, (voters, MODELS))[voter]
    rows = np.arange(votes)
    won = rng.random(votes) < 1 / (1 + np.exp(strengths[rows, b] - strengths[rows, a]))
    return Comparisons(a, b, outcome=np.where(won, 0, 1), n_models=MODELS), voter


def seen(votes, voter):
    return changes(votes, fit(votes.fold()), voter=voter)


def test_a_model_that_changed_is_marked_with_the_moment_and_the_points():
    found = seen(*arena(3, change=250, at=0.6))
    assert marked(found) == [True, False, False, False, False]
    assert found[0].points == pytest.approx(250, abs=60)
    assert found[0].row == pytest.approx(0.6 * 1200, abs=120)
    assert seen(*arena(3, change=-250))[0].points < -150


def test_models_that_did_not_change_are_seldom_marked():
    doubts = [one.doubt for seed in range(12) for one in seen(*arena(seed, votes=600))]
    assert np.mean(np.array(doubts) < 0.05) < 0.1
    assert not any(any(marked(seen(*arena(seed, votes=600)))) for seed in range(3))


def test_sessions_of_people_with_tastes_are_no_change():
    def share(by_people):
        found = [seen(votes, voter if by_people else None) for votes, voter in map(people, range(12))]
        return np.mean([one.doubt < 0.05 for each in found for one in each])

    def people(seed):
        return arena(seed, voters=30, taste=1.0)

    assert share(by_people=True) < 0.1
    assert share(by_people=False) > 0.12


def test_too_few_votes_or_voters_tell_nothing():
    votes, _ = arena(1, votes=60)
    assert seen(votes, None) == [None] * MODELS
    votes, _ = arena(1)
    assert seen(votes, np.arange(1200) % 5) == [None] * MODELS
    assert marked([None, None]) == [False, False]


def test_the_same_seed_gives_the_same_doubts():
    votes, voter = arena(2, voters=30, taste=0.5)
    assert seen(votes, voter) == seen(votes, voter)


def test_the_more_models_are_looked_at_the_surer_one_must_be():
    sure, unsure, none = Change(0.0001, 5, 90.0), Change(0.015, 5, 60.0), Change(0.6, 5, 3.0)
    assert marked([unsure]) == [True]
    assert marked([unsure, none, sure]) == [False, False, True]
    assert marked([sure, Change(0.018, 1, 1.0)]) == [True, True]
