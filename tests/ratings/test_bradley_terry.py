import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import log_expit

from ratings import Comparisons, Outcome, PairCounts
from ratings.bradley_terry import NoFiniteMaximum, core, damping, fit, groups
from ratings.errors import NotConverged

A, B, TIE, BOTH_BAD = Outcome

# 1987, American League East: games won by the row against the column (Agresti, Categorical Data Analysis, 2002).
TEAMS = ["Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore"]
GAMES_WON = [
    [0, 7, 9, 7, 7, 9, 11],
    [6, 0, 7, 5, 11, 9, 9],
    [4, 6, 0, 7, 7, 8, 12],
    [6, 8, 6, 0, 6, 7, 10],
    [6, 2, 6, 7, 0, 7, 12],
    [4, 4, 5, 6, 6, 0, 6],
    [2, 4, 1, 3, 1, 7, 0],
]


def counts_of(wins):
    none = np.zeros(np.shape(wins))
    return PairCounts(wins, none, both_bad=none)


def test_published_strengths_of_seven_baseball_teams_are_found():
    strengths = fit(counts_of(GAMES_WON))
    published = [1.58, 1.44, 1.29, 1.25, 1.11, 0.68, 0.0]  # Table 10.11, against Baltimore
    assert np.round(strengths - strengths[-1], 2).tolist() == published


@pytest.mark.parametrize("seed", range(5))
def test_a_slow_optimiser_on_the_votes_themselves_finds_the_same(simulate, seed):
    votes = simulate([0.0, 1.0, -1.0, 0.3, 2.0, -0.4], 150, seed=seed, weights=True)
    share = np.array([1.0, 0.0, 0.5, 0.5])[votes.outcome]

    def loss(s):
        gap = s[votes.a] - s[votes.b]
        return -(votes.weight * (share * log_expit(gap) + (1 - share) * log_expit(-gap))).sum()

    found = minimize(loss, np.zeros(6), method="BFGS", options={"gtol": 1e-7}).x
    assert fit(votes.fold()) == pytest.approx(found - found.mean(), abs=1e-5)


def test_two_models_differ_by_the_logarithm_of_their_score_ratio():
    strengths = fit(counts_of([[0, 1e6], [1, 0]]))
    assert strengths == pytest.approx([np.log(1e6) / 2, -np.log(1e6) / 2], abs=1e-9)


def test_a_long_chain_of_lopsided_pairs_still_converges():
    wins = np.diag(np.full(199, 99.0), 1) + np.diag(np.ones(199), -1)
    assert -np.diff(fit(counts_of(wins))) == pytest.approx(np.log(99), abs=1e-9)


def test_strengths_sum_to_zero(simulate):
    assert fit(simulate(np.linspace(-2, 2, 20), 5000, seed=3).fold()).sum() == pytest.approx(0, abs=1e-12)


def test_a_tie_and_both_bad_are_each_half_a_win_for_both():
    ties = Comparisons([0, 0, 0], [1, 1, 1], outcome=[A, TIE, BOTH_BAD], n_models=2).fold()
    assert fit(ties) == pytest.approx(fit(counts_of([[0, 2], [1, 0]])))


def test_relabelling_the_models_relabels_the_strengths(simulate):
    counts = simulate([0, 0.5, 1, 1.5, 2], 400, seed=4).fold()
    order = np.array([3, 0, 4, 2, 1])
    assert fit(counts.among(order)) == pytest.approx(fit(counts)[order], abs=1e-10)


@pytest.mark.parametrize(
    "wins",
    [
        [[0, 1], [0, 0]],
        [[0, 3, 5], [2, 0, 5], [0, 0, 0]],
        [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]],
        np.zeros((2, 2)),
    ],
    ids=["one win", "a winless third", "two islands", "no votes"],
)
def test_counts_without_a_finite_maximum_are_refused(wins):
    with pytest.raises(NoFiniteMaximum):
        fit(counts_of(wins))


@pytest.mark.parametrize("power", range(17))
def test_counts_of_every_spread_are_rated_rightly_or_refused_and_never_guessed(power):
    many, few = 10.0**power, 10.0**-power
    counts = counts_of([[0, many, 0], [many, 0, few], [0, 2 * few, 0]])
    if power > 8:  # the largest is more than 10^16 times the smallest: beyond double precision
        with pytest.raises(NotConverged):
            fit(counts)
        return
    try:
        strengths = fit(counts)
    except NotConverged:
        assert power > 6
    else:
        assert strengths[2] - strengths[1] == pytest.approx(np.log(2), abs=1e-6)


def test_one_model_and_no_model_have_nothing_to_fit():
    assert fit(counts_of(np.zeros((1, 1)))).tolist() == [0]
    assert fit(counts_of(np.zeros((0, 0)))).tolist() == []


def test_groups_come_by_size_then_votes_then_index_and_leave_out_models_without_votes():
    wins = np.zeros((10, 10))
    wins[0, 1] = wins[3, 2] = 1
    wins[8, 9] = 5
    wins[4, 7] = wins[6, 7] = 1
    assert [group.tolist() for group in groups(counts_of(wins))] == [[4, 6, 7], [8, 9], [0, 1], [2, 3]]
    assert groups(counts_of(np.zeros((0, 0)))) == []


def test_the_core_is_the_largest_set_that_scored_both_ways():
    wins = np.zeros((6, 6))
    wins[0, 1] = wins[1, 0] = 9
    wins[2, 3] = wins[3, 4] = wins[4, 2] = 1
    wins[0, 2] = wins[2, 5] = 1
    assert core(counts_of(wins)).tolist() == [2, 3, 4]
    assert core(counts_of([[0, 1], [0, 0]])).tolist() == []


def test_a_damped_step_never_passes_the_maximum_and_becomes_a_full_one():
    for share in (0.5, 0.9, 0.999):
        goal = np.log(share / (1 - share))
        for start in np.linspace(goal - 8, goal + 8, 33):
            chance = 1 / (1 + np.exp(-start))
            step = (share - chance) / (chance * (1 - chance))
            after = start + damping(abs(step)) * step
            assert (after - goal) * (start - goal) >= -1e-9
    assert damping(0.0) == 1
    assert damping(1e-8) == pytest.approx(1)
