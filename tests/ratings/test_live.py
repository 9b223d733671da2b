import numpy as np
import pytest

from ratings import Comparisons, Outcome, PairCounts, RatingsError, Reason
from ratings.bradley_terry import inverse_information
from ratings.errors import BadWeight, IndexOutOfRange, SelfComparison, UnknownOutcome
from ratings.intervals import BadConfidence, hc3
from ratings.live import FARTHEST, Live
from ratings.live_core import Core
from ratings.live_slopes import variance_slopes
from ratings.live_tally import VoteNotThere
from ratings.prior import NORMAL
from ratings.standings import standings

A, B, TIE, BOTH_BAD = Outcome
ONE_PART = 1e-4  # of a width: what the bounds may be off between two refreshes


def empty(n_models):
    return PairCounts(*np.zeros((2, n_models, n_models)), both_bad=np.zeros((n_models, n_models)))


def assert_same_board(live, *, part=0.0):
    """Ratings, members, reasons, groups as a fit from scratch has them; bounds too, but for a part of a width."""
    board, expected = live.board, standings(live.counts)
    assert board.rating == pytest.approx(expected.rating, abs=1e-8, nan_ok=True)
    assert (board.status, board.reason) == (expected.status, expected.reason)
    assert np.array_equal(board.group, expected.group)
    allowed = 1e-8 if board.is_refreshed else part * np.nanmax(expected.upper - expected.lower)
    assert board.lower == pytest.approx(expected.lower, abs=allowed, nan_ok=True)
    assert board.upper == pytest.approx(expected.upper, abs=allowed, nan_ok=True)
    if board.is_refreshed:
        assert np.array_equal(board.rank_best, expected.rank_best)
        assert np.array_equal(board.rank_worst, expected.rank_worst)


def random_votes(rng, n_models, n_votes, *, outcomes=tuple(Outcome)):
    for _ in range(n_votes):
        a, b = rng.permutation(n_models)[:2].tolist()
        yield a, b, Outcome(rng.choice(outcomes))


EVERY, WINS, MOSTLY_TIES = tuple(Outcome), (A, B), (TIE, BOTH_BAD, A)
SLOW = [pytest.param(n, k, marks=pytest.mark.slow) for n in (2, 3, 4, 5, 7, 8) for k in (EVERY, WINS, MOSTLY_TIES)]


@pytest.mark.parametrize(("n_models", "outcomes"), [(2, EVERY), (3, MOSTLY_TIES), (5, WINS), (8, EVERY), *SLOW])
def test_from_no_votes_on_every_board_is_that_of_a_fit_from_scratch(n_models, outcomes):
    live = Live(empty(n_models))
    for a, b, outcome in random_votes(np.random.default_rng(n_models), n_models, 60, outcomes=outcomes):
        live.update(a, b, outcome)
        assert_same_board(live)


def test_with_a_prior_every_board_is_that_of_a_fit_with_it():
    live = Live(empty(4), prior=NORMAL)
    for a, b, outcome in random_votes(np.random.default_rng(3), 4, 20):
        board, expected = live.update(a, b, outcome), standings(live.counts, prior=NORMAL)
        for name in ("rating", "lower", "upper", "rank_best"):
            assert np.array_equal(getattr(board, name), getattr(expected, name), equal_nan=True)
    assert np.array_equal(live.standings().rating, live.board.rating)


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)])
def test_votes_taken_away_one_by_one_leave_the_boards_of_what_is_there(seed):
    rng = np.random.default_rng(seed)
    votes, live = list(random_votes(rng, 6, 50)), Live(empty(6))
    for vote in votes:
        live.update(*vote)
    for index in rng.permutation(len(votes)):
        live.update(*votes[index], weight=-1)
        assert_same_board(live)
    assert not live.counts.battles.any()


def test_a_model_whose_only_win_is_taken_away_is_winless_and_comes_back_with_it():
    live = Live(empty(4))
    for a, b in [(0, 1), (1, 2), (2, 0), (0, 2), (1, 0)] * 2 + [(3, 0), (1, 3), (2, 3)]:
        live.update(a, b, A)
    assert live.board.reason == (None,) * 4
    assert live.update(3, 0, A, weight=-1).reason[3] is Reason.WINLESS
    assert live.update(0, 3, B).reason[3] is None
    assert_same_board(live)


@pytest.mark.parametrize(
    ("votes", "taken", "reason"),
    [
        ([(A, 0.7), (B, 0.7), (A, 1)], (A, 1), Reason.FEW_VOTES),
        ([(TIE, 1)] * 3 + [(A, 1)], (A, 1), Reason.NO_RESIDUAL),
        ([(A, 1e6), (TIE, 4)], (A, 1e6), Reason.NO_RESIDUAL),
    ],
)
def test_a_model_whose_votes_no_longer_rate_it_is_provisional_with_the_vote_taken_away(votes, taken, reason):
    live = Live(Comparisons([0, 1, 2, 1, 2, 0], [1, 2, 0, 0, 1, 2], outcome=[A] * 6, n_models=4).fold())
    for outcome, weight in votes:
        live.update(3, 0, outcome, weight=weight)
    assert live.board.reason == (None,) * 4
    assert live.update(3, 0, taken[0], weight=-taken[1]).reason[3] is reason
    assert_same_board(live)


def test_an_upset_by_a_model_that_had_almost_no_points_is_followed_by_a_fit():
    live = Live(Comparisons([0, 1, 1, 0], [1, 0, 0, 1], outcome=[A] * 4, n_models=3).fold())
    for outcome, weight in [(B, 3), (A, 1e-6), (A, 1)]:
        live.update(2, 0, outcome, weight=weight)
        assert_same_board(live)


@pytest.mark.parametrize("bridge", [0, 1])
def test_of_two_halves_the_one_with_more_votes_is_the_core_after_every_vote(bridge):
    live = Live(empty(4))
    for a, b in [(0, 1), (1, 0)] * 4 + [(2, 3), (3, 2)] * 3 + [(0, 2)] * bridge:
        live.update(a, b, A)
    for _ in range(3):
        live.update(0, 1, A, weight=-1)
        assert_same_board(live)
    assert live.board.group.tolist() == ([0] * 4 if bridge else [1, 1, 0, 0])
    assert (live.board.reason[0] is Reason.OUTSIDE_CORE) == bool(bridge)


def test_groups_that_merge_and_newcomers_are_seen_on_the_vote_that_makes_them():
    live = Live(empty(7))
    for a, b in [(0, 1), (1, 0), (1, 2), (2, 0), (3, 4), (4, 3), (3, 5), (5, 3)] * 2 + [(6, 0), (6, 4)]:
        live.update(a, b, A)
        assert_same_board(live)
    assert live.board.group.tolist() == [0] * 7
    assert live.board.reason[6] is Reason.UNDEFEATED


@pytest.mark.parametrize("refresh_every", [1, 1000])
def test_hundreds_of_votes_on_a_busy_board_with_newcomers_follow_the_fit(simulate, refresh_every):
    counts = simulate(np.linspace(-1, 1, 8), 3000, seed=1).fold()
    wins, ties, both_bad = (np.pad(m, (0, 2)) for m in (counts.wins, counts.ties, counts.both_bad))
    live, followed = Live(PairCounts(wins, ties, both_bad=both_bad), refresh_every=refresh_every), 0
    for a, b, outcome in [(8, 0, A), (8, 9, A), (9, 3, A), *random_votes(np.random.default_rng(2), 8, 120)]:
        live.update(a, b, outcome)
        followed += not live.board.is_refreshed
        assert_same_board(live, part=ONE_PART)
    assert (followed > 100) == (refresh_every > 1)


def test_weights_count_in_the_ratings_and_squared_in_the_bounds(simulate):
    rng, votes = np.random.default_rng(3), simulate(np.linspace(-1, 1, 6), 400, seed=3, weights=True)
    live = Live(votes.among(np.arange(300)).fold(), refresh_every=1000)
    for row in range(300, 400):
        live.update(int(votes.a[row]), int(votes.b[row]), Outcome(votes.outcome[row]), weight=votes.weight[row])
        assert_same_board(live, part=ONE_PART)
    for row in rng.permutation(400):
        live.update(int(votes.a[row]), int(votes.b[row]), Outcome(votes.outcome[row]), weight=-votes.weight[row])
    assert not live.counts.battles.any()
    assert not live.counts.squares.battles.any()
    assert np.isnan(live.board.rating).all()


def test_the_board_equals_the_one_of_all_votes_folded_at_once(simulate):
    votes = simulate(np.linspace(-1, 1, 5), 300, seed=4, weights=True)
    live = Live(empty(5))
    for a, b, outcome, weight in zip(votes.a, votes.b, votes.outcome, votes.weight, strict=True):
        live.update(int(a), int(b), Outcome(outcome), weight=weight)
    expected = standings(votes.fold())
    assert live.board.rating == pytest.approx(expected.rating, abs=1e-8)
    assert live.board.upper == pytest.approx(expected.upper, abs=1e-8)


def test_the_order_of_the_sides_changes_nothing(simulate):
    counts = simulate(np.linspace(-1, 1, 6), 2000, seed=5).fold()
    one, other = Live(counts, refresh_every=1000), Live(counts, refresh_every=1000)
    for a, b, outcome in random_votes(np.random.default_rng(5), 6, 50):
        one.update(a, b, outcome)
        other.update(b, a, {A: B, B: A}.get(outcome, outcome))
        assert one.board.upper == pytest.approx(other.board.upper, abs=1e-9)


def test_the_slopes_of_the_variances_are_their_derivative(simulate):
    votes = simulate(np.linspace(-1, 1, 30), 300_000, seed=6).fold()
    strengths, nudge = np.linspace(-1, 1, 30), 1e-4 * np.sin(np.arange(30))
    inverse, covariance = inverse_information(votes, strengths), hc3(votes, strengths)
    found = variance_slopes(votes, strengths, inverse=inverse, covariance=covariance) @ nudge
    twin = (hc3(votes, strengths + nudge) - hc3(votes, strengths - nudge)).diagonal() / 2
    assert found == pytest.approx(twin, rel=2e-3, abs=2e-3 * np.abs(twin).max())


def test_many_votes_from_one_home_keep_the_sandwich_where_the_strengths_come_back():
    counts = PairCounts(5000 * (1 - np.eye(4)), np.zeros((4, 4)), both_bad=np.zeros((4, 4)))
    core, wins = Core(counts, np.zeros(4)), counts.wins.copy()
    for a, b in [(0, 1), (1, 0)] * 5:
        wins[a, b] += 1000
        now = PairCounts(wins, counts.ties, both_bad=counts.both_bad)
        assert core.add(a, b, score=1.0, weight=1000, is_decided=True, pair=now.among(np.array([a, b])))
    assert core.strengths == pytest.approx(np.zeros(4), abs=1e-11)
    assert core.variances() == pytest.approx(hc3(now, np.zeros(4)).diagonal(), rel=1e-3)


def test_a_strength_that_moves_far_brings_a_refresh(simulate):
    live = Live(simulate(np.linspace(-1, 1, 5), 4000, seed=7).fold(), refresh_every=10**6)
    assert not live.update(0, 4, A).is_refreshed
    assert live.update(0, 4, A, weight=2000 * FARTHEST).is_refreshed
    assert_same_board(live)


@pytest.mark.parametrize(
    ("vote", "weight", "error"),
    [
        ((0, 0, A), 1, SelfComparison),
        ((0, 9, A), 1, IndexOutOfRange),
        ((-1, 1, A), 1, IndexOutOfRange),
        ((0, 1, 4), 1, UnknownOutcome),
        ((0, 1, "left"), 1, UnknownOutcome),
        ((0, 1, A), np.nan, BadWeight),
        ((0, 1, A), np.inf, BadWeight),
        ((0, 1, A), -1000, VoteNotThere),
        ((0, 1, BOTH_BAD), -1e-6, VoteNotThere),
    ],
)
def test_a_vote_that_cannot_be_is_refused_and_changes_nothing(vote, weight, error):
    live = Live(Comparisons([0, 1, 1, 2, 2, 0], [1, 0, 2, 1, 0, 2], outcome=[A, A, A, A, A, TIE], n_models=3).fold())
    board, counts = live.board, live.counts
    with pytest.raises(error):
        live.update(*vote, weight=weight)
    assert live.board is board
    assert np.array_equal(live.counts.wins, counts.wins)
    assert_same_board(live)


def test_a_whole_vote_cannot_be_taken_from_two_halves():
    live = Live(empty(2))
    live.update(0, 1, A, weight=0.5)
    live.update(0, 1, A, weight=0.5)
    with pytest.raises(VoteNotThere):
        live.update(0, 1, A, weight=-1)


def test_a_vote_beyond_double_precision_is_refused_and_the_board_goes_on():
    live = Live(Comparisons([0, 1, 1, 2, 2, 0], [1, 0, 2, 1, 0, 2], outcome=[A] * 6, n_models=3).fold())
    board = live.board
    with pytest.raises(RatingsError):
        live.update(0, 1, A, weight=1e300)
    assert live.board is board
    live.update(0, 1, A)
    assert_same_board(live)


def test_bad_settings_are_refused():
    with pytest.raises(RatingsError):
        Live(empty(2), refresh_every=0)
    with pytest.raises(BadConfidence):
        Live(empty(2), confidence=1)
