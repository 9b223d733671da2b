import numpy as np
import pytest

from ratings import Comparisons, PairCounts, RatingsError, Reason, Status, leaderboard
from ratings.bradley_terry import fit
from ratings.errors import BadCounts, BadWeight
from ratings.standings import standings
from ratings.weighting import by_age, per_pair, within, without_dust


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


@pytest.mark.parametrize("days", [900, 1200, 1500, 5000])
@pytest.mark.parametrize("seed", range(3))
def test_a_model_of_years_ago_leaves_the_board_of_today_as_it_is(simulate, days, seed):
    today, then = simulate(np.zeros(4), 400, seed=seed), simulate(np.zeros(5), 100, seed=seed)
    old = then.among((then.a == 4) | (then.b == 4))
    ages = np.concatenate([np.random.default_rng(seed).uniform(0, 300, 400), np.full(len(old), float(days))])
    columns = [np.append(getattr(today, name), getattr(old, name)) for name in ("a", "b", "outcome")]
    weight = by_age(ages, half_life=30)
    whole = standings(Comparisons(*columns[:2], outcome=columns[2], n_models=5, weight=weight).fold())
    alone = standings(today.weighted(weight[:400]).fold())
    assert (whole.status[4], whole.reason[4]) == (Status.PROVISIONAL, Reason.FEW_VOTES)
    assert whole.rating[:4] == pytest.approx(alone.rating, abs=1e-6)
    assert whole.upper[:4] == pytest.approx(alone.upper, abs=1e-6)


@pytest.mark.parametrize("seed", range(40))
def test_votes_of_any_age_make_a_board(seed):
    rng = np.random.default_rng(seed)
    a, last = rng.integers(0, 6, 200), rng.uniform(0, 3000, 6)
    b = (a + rng.integers(1, 6, 200)) % 6
    ages = np.maximum(last[a], last[b]) + rng.uniform(0, 100, 200)
    weight = by_age(ages, half_life=rng.choice([7, 30]))
    votes = Comparisons(a, b, outcome=rng.integers(0, 4, 200), n_models=6, weight=weight)
    board = standings(votes.fold())
    assert np.isfinite([board.rating, board.lower, board.upper]).all()


def test_two_halves_that_last_met_years_ago_are_two_boards():
    ring = np.array([[0, 30, 0, 0], [20, 0, 0, 0], [0, 0, 0, 9], [0, 0, 12, 0]], dtype=float)
    ring[0, 2] = ring[2, 0] = 1e-11
    none = np.zeros((4, 4))
    board = standings(PairCounts(ring, none, both_bad=none))
    assert board.group.tolist() == [0, 0, 1, 1]
    assert board.status == (Status.RATED,) * 4


def test_a_loss_of_years_ago_ends_no_row_of_wins():
    none = np.zeros((3, 3))
    wins = np.array([[0, 40, 40], [1e-9, 0, 9], [0, 11, 0]])
    assert standings(PairCounts(wins, none, both_bad=none)).reason[0] is Reason.UNDEFEATED


def test_whole_votes_are_never_dust(simulate):
    counts = simulate([0, 1, 2], 300, seed=1).fold()
    assert without_dust(counts) is counts


def test_weights_beyond_what_a_double_can_square_are_refused_by_row():
    for weight in (1e160, 1.1e100, np.inf, np.nan):
        with pytest.raises(BadWeight, match=r"row 1: .* is not a finite weight of at least 0 and at most 1e100"):
            Comparisons([0, 0], [1, 1], outcome=[0, 1], n_models=2, weight=[1.0, weight])
    with pytest.raises(BadCounts, match="wins must be finite, at least 0 and at most 1e"):
        PairCounts([[0.0, 1e251], [1.0, 0.0]], np.zeros((2, 2)), both_bad=np.zeros((2, 2)))


@pytest.mark.parametrize("method", ["hc3", "sandwich", "bootstrap"])
def test_without_a_prior_the_largest_weights_give_the_same_board_as_one(simulate, method):
    votes = simulate([0, 0.5, 1], 200, seed=1)
    columns = np.array(["a", "b", "c"])[votes.a], np.array(["a", "b", "c"])[votes.b], votes.outcome
    names = "abc"
    one, other = (
        leaderboard(*columns, weight=np.full(200, k), intervals=method, elo=True, prior=None) for k in (1.0, 1e100)
    )
    for model in names:
        assert other[model].rating == pytest.approx(one[model].rating, abs=1e-6)
        assert other[model].upper == pytest.approx(one[model].upper, abs=1e-6)
