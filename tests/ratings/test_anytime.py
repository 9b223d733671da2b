"""Intervals that may be watched."""

import numpy as np
import pytest

from ratings.anytime import FEWEST_CLUSTERS, Error, Gap, NotCompared, gap_between, widening
from ratings.contrasts import MANY
from ratings.estimators import clustered
from ratings.intervals import BadConfidence
from ratings.standings import standings, standings_by


def gap(points=50.0, *, deviation=20.0, freedom=MANY):
    return Gap(points, (Error(deviation), Error(deviation, freedom)), one_vote=348.0)


def crossings(rng, *, votes, campaigns, bound):
    """The share of random walks whose standardised mean leaves a bound (votes,) at some vote."""
    numbers = np.arange(1, votes + 1)
    walks = np.cumsum(rng.normal(size=(campaigns, votes)), axis=1) / np.sqrt(numbers)
    return (np.abs(walks) > bound).any(axis=1).mean()


def test_the_band_is_little_wider_than_the_interval_of_one_moment():
    factors = widening(np.arange(1.0, 20_001.0))
    assert factors[49:1000].max() <= 1.7
    assert factors.max() > 1.9  # the first few votes
    assert factors[[4_999, 19_999]] == pytest.approx([1.77, 1.87], abs=0.005)
    assert int(factors.argmin()) in range(80, 130)


def test_it_is_the_formula_of_the_source():
    rho = np.sqrt((-2 * np.log(0.1) + np.log(-2 * np.log(0.1) + 1)) / 100)
    t = 345
    margin = np.sqrt(2 * (t * rho**2 + 1) / (t**2 * rho**2) * np.log(np.sqrt(t * rho**2 + 1) / 0.1))
    assert widening(np.array([345.0]), confidence=0.9)[0] == pytest.approx(margin * np.sqrt(t) / 1.6448536)


def test_who_looks_after_each_vote_is_misled_one_time_in_twenty_at_most():
    rng, numbers = np.random.default_rng(4), np.arange(1.0, 2001.0)
    assert crossings(rng, votes=2000, campaigns=1500, bound=1.96 * widening(numbers)) <= 0.05
    assert crossings(rng, votes=2000, campaigns=1500, bound=1.96) > 0.4


@pytest.mark.parametrize("confidence", [0.0, 1.0, 2.0])
def test_a_confidence_outside_zero_and_one_is_refused(confidence):
    with pytest.raises(BadConfidence):
        gap().watched(confidence=confidence)


def test_the_widest_way_holds_and_few_people_make_it_wider():
    assert gap().half_width() == pytest.approx(1.96 * 20, rel=1e-3)
    few = gap(freedom=4.5)
    assert few.half_width() == pytest.approx(2.6585 * 20, rel=1e-3)
    assert few.watched() / few.half_width() == pytest.approx(widening(np.array([few.votes]))[0])


def test_votes_of_too_few_people_are_known_as_such():
    assert gap().clusters is None
    assert not gap().is_of_few
    assert gap(freedom=FEWEST_CLUSTERS - 0.6).is_of_few
    assert not gap(freedom=FEWEST_CLUSTERS).is_of_few


def test_a_gap_of_two_models_is_worth_the_votes_between_them(simulate):
    counts = simulate([0, 0.4], 400, seed=3).fold()
    found = gap_between(standings(counts), counts, first=1, second=0)
    assert found.votes == pytest.approx(400, rel=0.02)
    assert found.points == -gap_between(standings(counts), counts, first=0, second=1).points


def test_the_half_width_is_that_of_the_boards_own_difference(simulate):
    votes = simulate([0, 0.4, -0.3], 300, seed=3)
    board = standings_by(votes.fold(), clustered(votes, voter=np.arange(300) % 9, prompt=None))
    found = gap_between(board, votes.fold(), first=0, second=2)
    against = board.errors[0].against(2).half_widths()[0]
    assert found.half_width() == pytest.approx(against, rel=1e-5)
    assert found.clusters == pytest.approx(9, abs=1)


def test_models_that_no_votes_connect_have_no_gap(simulate):
    counts = simulate([0, 0.4], 40, seed=3).fold()
    apart = np.zeros((5, 5))
    apart[:2, :2], apart[2:4, 2:4] = counts.score, counts.score
    whole = type(counts)(apart, np.zeros((5, 5)), both_bad=np.zeros((5, 5)))
    for second in (2, 4):
        with pytest.raises(NotCompared):
            gap_between(standings(whole), whole, first=0, second=second)
