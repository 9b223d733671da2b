import csv
import os
from pathlib import Path

import numpy as np
import pytest

from ratings import Comparisons, Outcome, PairCounts, RatingsError, bradley_terry, ties
from ratings.bradley_terry import NoFiniteMaximum
from ratings.errors import BadCounts
from ratings.held_out import NAMES, HeldOut, compare, half_win_log_chances, split
from ratings.ties import DAVIDSON, RAO_KUPPER


def counts_of(wins, tied):
    return PairCounts(wins, tied, both_bad=np.zeros(np.shape(wins)))


def from_chances(win, tie, *, each, seed=None):
    """Counts of each pair with `each` votes: as expected, or drawn."""
    n = len(win)
    wins, tied = np.zeros((2, n, n))
    for i, j in zip(*np.triu_indices(n, 1), strict=True):
        chance = np.array([win[i, j], win[j, i], tie[i, j]])
        drawn = each * chance if seed is None else np.random.default_rng([seed, i, j]).multinomial(each, chance)
        wins[i, j], wins[j, i], tied[i, j] = drawn
        tied[j, i] = tied[i, j]
    return counts_of(wins, tied)


def model_counts(model, strengths, tie, *, each, seed):
    gaps = np.subtract.outer(strengths, strengths)
    return from_chances(*np.exp(model.log_chances(gaps, np.log(tie))), each=each, seed=seed)


@pytest.fixture(scope="module")
def small():
    return model_counts(DAVIDSON, np.array([0, 0.5, -1, 1.0]), 1.4, each=40, seed=1)


def test_the_folds_hold_each_vote_out_once_and_leave_the_rest(small):
    parts = list(split(small, folds=4, rng=np.random.default_rng(2)))
    assert len(parts) == 4
    assert np.array_equal(sum(testing.wins for _, testing in parts), small.wins)
    assert np.array_equal(sum(testing.ties for _, testing in parts), small.ties)
    for training, testing in parts:
        assert 30 < testing.battles.sum() / 2 < 90
        assert np.array_equal(training.battles + testing.battles, small.battles)


@pytest.mark.parametrize("seed", range(2))
def test_the_losses_are_those_of_a_slow_walk_over_the_held_out_votes(small, seed):
    losses = []
    for training, testing in split(small, folds=5, rng=np.random.default_rng(seed)):
        fits = [half_win_log_chances(training, bradley_terry.fit(training))]
        for model in (DAVIDSON, RAO_KUPPER):
            tied = ties.fit(training, model)
            fits.append(model.log_chances(np.subtract.outer(tied.strengths, tied.strengths), np.log(tied.tie)))
        for i, j in np.ndindex(4, 4):
            losses += [[-win[i, j] for win, _ in fits]] * int(testing.wins[i, j])
            losses += [[-tie[i, j] for _, tie in fits]] * int(testing.ties[i, j] * (i < j))
    found = compare(small, rng=np.random.default_rng(seed))
    assert found.votes == len(losses) == 240
    assert found.losses == pytest.approx(np.mean(losses, axis=0), abs=1e-12)
    assert found.covariance == pytest.approx(np.cov(np.transpose(losses), ddof=0) / 240, abs=1e-12)


@pytest.mark.parametrize(("model", "tie"), [(DAVIDSON, 0.4), (RAO_KUPPER, 3.5)], ids=["davidson", "rao_kupper"])
def test_the_model_that_made_the_votes_is_the_best_and_clearly(model, tie):
    counts = model_counts(model, np.linspace(-3, 3, 6), tie, each=20_000, seed=3)
    found = compare(counts, rng=np.random.default_rng(3))
    assert found.best == model.name
    for other in set(NAMES) - {model.name}:
        gain, error = found.advantage(model.name, other)
        assert gain > 2 * error


def test_half_wins_are_best_where_the_score_is_exactly_bradley_terry():
    strengths = np.linspace(-3, 3, 6)
    ties_wanted = model_counts(DAVIDSON, strengths, 0.4, each=1000, seed=4)
    win, tie = np.exp(half_win_log_chances(ties_wanted, strengths))
    found = compare(from_chances(win, tie, each=20_000, seed=5), rng=np.random.default_rng(4))
    assert found.best == "half_win"
    for other in ("davidson", "rao_kupper"):
        gain, error = found.advantage("half_win", other)
        assert gain > 2 * error


def test_the_chances_of_half_wins_keep_the_expected_score_and_the_number_of_ties(small):
    strengths = bradley_terry.fit(small)
    win, tie = np.exp(half_win_log_chances(small, strengths))
    assert win + tie / 2 == pytest.approx(bradley_terry.win_probabilities(strengths), abs=1e-12)
    assert (win + win.T + tie) == pytest.approx(1, abs=1e-12)
    assert (small.battles * tie).sum() == pytest.approx(small.ties.sum(), rel=1e-9)
    share = tie / np.minimum(2 * win + tie, 2 * win.T + tie)
    assert share == pytest.approx(share[0, 0])


@pytest.mark.parametrize("share", [1e-5, 0.999])
def test_half_wins_stand_rare_and_overwhelming_ties(share):
    half = 1e6 * (1 - share) / 2
    win, tie = half_win_log_chances(counts_of([[0, half], [half, 0]], 1e6 * share * (1 - np.eye(2))), np.zeros(2))
    assert np.exp([win[0, 1], tie[0, 1]]) == pytest.approx([(1 - share) / 2, share], rel=1e-6)


def test_equal_randomness_gives_equal_losses_and_both_bad_counts_as_a_tie(small):
    moved = PairCounts(small.wins, np.zeros((4, 4)), both_bad=small.ties)
    first, again = (compare(counts, rng=np.random.default_rng(6)) for counts in (small, moved))
    assert np.array_equal(first.losses, again.losses)
    assert not np.array_equal(first.losses, compare(small, rng=np.random.default_rng(7)).losses)


def test_votes_on_a_model_that_nothing_rates_are_scored_for_nobody(small):
    wins, tied = np.pad(small.wins, (0, 1)), np.pad(small.ties, (0, 1))
    wins[4, 0] = 3
    with_newcomer = compare(counts_of(wins, tied), rng=np.random.default_rng(8))
    assert with_newcomer.votes == 240


def test_an_advantage_is_the_difference_of_losses_with_its_standard_error():
    found = HeldOut(np.array([1.0, 0.7, 0.9]), np.array([[4, 1, 0], [1, 9, 0], [0, 0, 1]]) / 1.0, votes=5)
    assert found.best == "davidson"
    assert found.advantage("davidson", "half_win") == pytest.approx((0.3, np.sqrt(11)))
    assert found.advantage("half_win", "davidson") == pytest.approx((-0.3, np.sqrt(11)))
    assert found.advantage("half_win", "half_win") == (0, 0)


@pytest.mark.parametrize("folds", [1, 0, -2])
def test_fewer_than_two_folds_are_refused(small, folds):
    with pytest.raises(RatingsError, match="at least 2"):
        compare(small, rng=np.random.default_rng(0), folds=folds)


def test_parts_of_votes_cannot_be_held_out():
    with pytest.raises(BadCounts, match="whole"):
        compare(counts_of([[0, 1.5], [1, 0]], [[0, 1], [1, 0]]), rng=np.random.default_rng(0))


@pytest.mark.parametrize(
    "counts",
    [counts_of([[0, 50], [50, 0]], np.zeros((2, 2))), counts_of(np.zeros((2, 2)), [[0, 50], [50, 0]])],
    ids=["no ties", "only ties"],
)
def test_counts_that_no_model_of_ties_fits_are_refused(counts):
    with pytest.raises(NoFiniteMaximum):
        compare(counts, rng=np.random.default_rng(0))


def test_no_votes_at_all_are_refused():
    with pytest.raises(NoFiniteMaximum):
        compare(counts_of(np.zeros((0, 0)), np.zeros((0, 0))), rng=np.random.default_rng(0))


def test_a_half_win_fit_without_room_for_the_ties_is_refused():
    with pytest.raises(NoFiniteMaximum, match="room"):
        half_win_log_chances(counts_of(np.zeros((2, 2)), [[0, 5], [5, 0]]), np.zeros(2))


def test_folds_that_are_each_an_island_leave_nothing_to_score():
    pairs, says = np.kron(np.eye(2), [[0, 1], [1, 0]]), set()
    for seed in range(200):  # in some of them one island is the first fold and the other the second
        try:
            compare(counts_of(pairs, pairs), rng=np.random.default_rng(seed), folds=2)
        except RatingsError as error:
            says.add(str(error))
    assert "no held-out vote is between models that the other votes rate" in says


def test_on_real_votes_rao_and_kupper_foretell_best_and_clearly_better_than_davidson():
    if "ARENA_EXTRA_DATA" not in os.environ:
        pytest.skip("ARENA_EXTRA_DATA is not set")
    with (Path(os.environ["ARENA_EXTRA_DATA"]) / "llmfao.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    names = sorted({row[side] for row in rows for side in ("model_a", "model_b")})
    a, b = ([names.index(row[side]) for row in rows] for side in ("model_a", "model_b"))
    votes = Comparisons(a, b, outcome=[Outcome[row["winner"].upper()] for row in rows], n_models=len(names))
    found = compare(votes.fold(), rng=np.random.default_rng(0))
    assert found.best == "rao_kupper"
    gain, error = found.advantage("rao_kupper", "davidson")
    assert gain > 3 * error
