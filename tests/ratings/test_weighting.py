import numpy as np
import pytest

from ratings import Comparisons, RatingsError
from ratings.bradley_terry import fit
from ratings.errors import BadWeight
from ratings.weighting import by_age, per_pair, within


def test_a_vote_counts_half_after_each_half_life():
    assert by_age([0, 30, 60], half_life=30).tolist() == [1, 0.5, 0.25]


@pytest.mark.parametrize("age", [-1, np.nan, np.inf])
def test_an_age_that_is_none_is_refused(age):
    with pytest.raises(BadWeight, match="row 1: "):
        by_age([0, age], half_life=1)


@pytest.mark.parametrize("call", [lambda: by_age([1], half_life=0), lambda: per_pair(two(1), at_least=0)])
def test_a_scale_that_is_not_above_0_is_refused(call):
    with pytest.raises(RatingsError, match="must be above 0"):
        call()


def test_a_window_holds_its_start_and_not_its_end():
    assert within([1, 2, 3, 4], start=2, end=4).tolist() == [0, 1, 1, 0]
    assert within([1, 2]).tolist() == [1, 1]
    with pytest.raises(BadWeight, match="row 0: "):
        within([np.nan])


def two(n):
    return Comparisons([0] * n, [1] * n, outcome=[0] * n, n_models=2).fold()


def test_pairs_above_the_threshold_count_the_same_and_the_votes_stay_as_many(simulate):
    few, many = simulate([0, 1, 0.5], 90, seed=1), simulate([0, 1], 5000, seed=2)
    a, b, outcome = (np.concatenate([getattr(v, name) for v in (few, many)]) for name in ("a", "b", "outcome"))
    counts = Comparisons(a, b, outcome=outcome, n_models=3).fold()
    found = counts.times(per_pair(counts, at_least=20))
    assert found.battles[0, 1] == pytest.approx(found.battles[0, 2])
    assert found.battles.sum() == pytest.approx(counts.battles.sum())
    assert np.isfinite(fit(found)).all()


def test_without_votes_there_is_nothing_to_weigh():
    assert np.isfinite(per_pair(two(0))).all()


def test_old_votes_weigh_less_in_ratings_and_widen_intervals_by_their_squares(simulate):
    votes = simulate([0, 1, 0.5], 400, seed=3)
    decayed = votes.weighted(by_age(np.arange(400)[::-1], half_life=100)).fold()
    assert decayed.votes.sum() < 400
    assert (decayed.squares.battles <= decayed.battles).all()
