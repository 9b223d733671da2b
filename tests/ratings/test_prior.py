"""One prior for everyone: what it must do to every board, whatever the votes."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from benchmarks import votes as simulated_votes
from benchmarks.prior import EACH, SPREADS, measure, simulate
from benchmarks.style import accuracy as style_accuracy
from benchmarks.style import arena as style_arena
from ratings import Comparisons, Outcome, PairCounts, RatingsError, Reason, Status, leaderboard, style_control
from ratings.bradley_terry import information
from ratings.estimators import clustered, points_only, styled
from ratings.method import RatingMethod
from ratings.prior import NORMAL, Prior, fit_with
from ratings.standings import standings, standings_by
from ratings.style_board import style_board

A, B, TIE, BOTH_BAD = Outcome
#: Points from less for the first model to more, each beside the one before it with half a point.
WORSE_TO_BETTER = ((B, TIE), (TIE, A), (B, A))


def counts_of(rows, n_models):
    a, b, outcome = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    return Comparisons(a, b, outcome=outcome, n_models=n_models).fold()


def random_rows(seed, n_models=6):
    """From one vote to sixty, some arenas without a loss for somebody, some in two parts."""
    rng = np.random.default_rng(seed)
    for _ in range(int(rng.integers(1, 60))):
        a, b = rng.permutation(n_models)[:2].tolist()
        yield a, b, Outcome(rng.choice(4, p=[0.6, 0.2, 0.15, 0.05]) if a < b else rng.choice(4))


def gap(rows, one, other, n_models=6):
    board = standings(counts_of(rows, n_models), prior=NORMAL)
    return board.rating[one] - board.rating[other] if board.group[one] == board.group[other] else np.nan


@pytest.mark.parametrize("seed", [*range(8), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(8, 60))])
def test_a_point_more_never_lowers_a_model_against_that_rival(seed):
    rows = list(random_rows(seed))
    for i, (one, other, outcome) in list(enumerate(rows))[:8]:
        for worse, better in WORSE_TO_BETTER:
            if outcome in (worse, BOTH_BAD):
                less, more = ([*rows[:i], (one, other, said), *rows[i + 1 :]] for said in (worse, better))
                assert gap(more, one, other) > gap(less, one, other)
        won, lost = (gap([*rows, (one, other, said)], one, other) for said in (A, B))
        assert won > gap(rows, one, other) > lost


@pytest.mark.parametrize("won", [1, 3, 5, 10, 40, 100])
def test_a_newcomer_that_lost_nothing_stands_above_one_that_tied_once_and_that_above_one_that_lost_once(won):
    rows = [(i, j, said) for i in range(4) for j in range(i) for said in [A, B] * 30]
    wins = [(4, i % 4, A) for i in range(won)]
    last = [], [(4, 0, TIE)], [(4, 0, B)]
    ratings = [standings(counts_of([*rows, *wins, *more], 5), prior=NORMAL).rating[4] for more in last]
    assert ratings[0] > ratings[1] > ratings[2]
    mirrored = [(a, b, {A: B, B: A}.get(said, said)) for a, b, said in [*rows, *wins, (4, 0, TIE)]]
    assert standings(counts_of(mirrored, 5), prior=NORMAL).rating[4] == pytest.approx(2000 - ratings[1])


def test_one_vote_moves_no_rating_of_six_models_far_and_few_votes_are_nearer_to_the_truth():
    rng = np.random.default_rng(4)
    arenas = list(simulate(SPREADS[1], rng, arenas=2))
    plain, shrunk = (measure(arenas, prior, votes=EACH) for prior in (None, NORMAL))
    assert np.median(shrunk.jumps) < 60 < np.median(plain.jumps)
    assert shrunk.reversed == 0
    for votes in (20, 40, 80):
        assert shrunk.error(votes) < plain.error(votes)


@pytest.mark.slow
def test_small_arenas_of_every_spread_are_as_near_to_the_truth_as_with_a_spread_chosen_for_each():
    """Beside the errors of a normal prior whose one spread is the likeliest, on the same arenas."""
    chosen = {0.2: (38, 39, 32), 0.6: (78, 63, 48), 1.0: (102, 81, 58)}
    rng = np.random.default_rng(4)
    for spread in SPREADS:
        found = measure(list(simulate(spread, rng, arenas=50)), NORMAL, votes=EACH)
        for votes, bar in zip((20, 40, 80), chosen[spread], strict=True):
            assert found.error(votes) < bar + 1
        assert np.median(found.jumps) <= 60
        assert found.reversed == 0


def test_a_board_of_300_models_and_a_million_votes_moves_by_less_than_a_point():
    votes = simulated_votes.simulate(300, 1_000_000, styled=False)
    counts = Comparisons(votes.a, votes.b, outcome=votes.outcome, n_models=300).fold()
    plain, shrunk = standings(counts), standings(counts, prior=NORMAL)
    assert 0 < np.abs(plain.rating - shrunk.rating).max() < 1
    assert shrunk.upper - shrunk.lower == pytest.approx(plain.upper - plain.lower, rel=0.01)


def test_without_a_prior_the_board_is_the_plain_maximum_to_the_digit(simulate):
    votes = simulate(np.linspace(-1, 1, 6), 60, seed=3)
    columns = votes.a, votes.b, votes.outcome
    plain = standings(votes.fold())
    for asked in (None, "none"):
        board = leaderboard(*columns, prior=asked)
        assert [board[i].rating for i in range(6)] == plain.rating.tolist()
        assert [board[i].upper for i in range(6)] == plain.upper.tolist()
        assert board.method.prior == "none"


def test_the_prior_is_named_by_the_method_and_shrinks_the_board(simulate):
    votes = simulate(np.linspace(-1, 1, 6), 60, seed=3)
    columns = votes.a, votes.b, votes.outcome
    board, plain = leaderboard(*columns, prior="normal"), leaderboard(*columns, prior=None)
    assert board.method.prior == "normal"
    assert [row.rating for row in board] == pytest.approx(
        sorted(standings(votes.fold(), prior=NORMAL).rating, reverse=True)
    )
    spreads = [np.std([row.rating for row in each]) for each in (board, plain)]
    assert spreads[0] < 0.95 * spreads[1]
    assert np.mean([row.rating for row in board]) == pytest.approx(1000)


@pytest.mark.parametrize("choices", [{"ties": "davidson"}, {"ties": "rao-kupper"}, {"intervals": "bootstrap"}])
def test_tie_models_and_the_bootstrap_stay_without_a_prior_and_refuse_one(choices):
    assert RatingMethod(**choices).prior == "none"
    with pytest.raises(RatingsError, match="a prior goes with"):
        RatingMethod(prior="normal", **choices)


def test_an_unknown_prior_is_refused_by_its_name():
    with pytest.raises(RatingsError, match="prior is 'flat'; it must be one of normal, none"):
        RatingMethod(prior="flat")


@pytest.mark.parametrize("seed", range(6))
def test_a_slow_optimiser_finds_the_same_peak_at_one_spread(seed):
    counts, spread = counts_of(random_rows(seed), 6), 0.7

    def loss(s):
        return -(counts.score * log_expit(s[:, None] - s)).sum() + (s @ s) / (2 * spread**2)

    slow = minimize(loss, np.zeros(6), options={"gtol": 1e-9}).x
    assert fit_with(counts, Prior((spread,), scale=1.0)).strengths == pytest.approx(slow, abs=1e-6)


def test_two_models_are_where_the_integrals_over_their_gap_put_them():
    """Of two models the posterior of the gap is one-dimensional: the chance of each spread, and the gap at the next."""
    counts, gaps = counts_of([(0, 1, A)] * 14 + [(0, 1, B)] * 6, 2), np.linspace(-8, 8, 4001)
    spreads = np.array(NORMAL.spreads)[:, None]
    chance = np.exp(14 * log_expit(gaps) + 6 * log_expit(-gaps) - gaps**2 / (4 * spreads**2)) / spreads
    of_spread = chance.sum(axis=1) * np.exp(NORMAL.log_chances)
    wider = chance[[*range(1, len(spreads)), -1]]
    density = (of_spread / of_spread.sum()) @ (wider / wider.sum(axis=1, keepdims=True))
    mean = density @ gaps
    deviation = np.sqrt(density @ (gaps - mean) ** 2)
    found = fit_with(counts, NORMAL)
    assert np.subtract(*found.strengths) == pytest.approx(mean, rel=0.04)
    variance = found.covariance(information(counts, found.strengths))
    assert 2 * np.sqrt(variance[0, 0]) == pytest.approx(deviation, rel=0.03)


def test_at_one_spread_the_covariance_is_the_posterior_where_votes_scatter_as_the_model_says():
    counts = counts_of(random_rows(11), 6)
    found = fit_with(counts, Prior((0.5,), scale=1.0))
    whole = np.linalg.inv(information(counts, found.strengths) + np.eye(6) / 0.25)
    centred = np.eye(6) - 1 / 6
    assert found.covariance(information(counts, found.strengths)) == pytest.approx(centred @ whole @ centred, abs=1e-7)


@pytest.mark.parametrize("votes", [1, 10, 10_000, 10**9])
def test_however_often_a_newcomer_wins_it_is_finite_and_its_interval_has_a_width(votes):
    cast = Comparisons([0, 1, 2], [1, 0, 0], outcome=[A, A, A], weight=[5, 5, votes], n_models=3)
    board = standings(cast.fold(), prior=NORMAL)
    assert 1000 < board.rating[2] < 8000
    assert board.upper[2] > board.rating[2] + 20


def test_without_votes_there_is_no_board_and_no_error():
    board = standings(Comparisons([], [], outcome=[], n_models=3).fold(), prior=NORMAL)
    assert np.isnan(board.rating).all()
    assert fit_with(Comparisons([], [], outcome=[], n_models=0).fold(), NORMAL).strengths.shape == (0,)


def test_who_could_not_be_rated_by_votes_alone_is_provisional_and_says_why():
    loop = [(a, b, A) for a, b in [(0, 1), (1, 2), (2, 0)] * 2]
    board = standings(counts_of([*loop, (3, 0, A), (1, 4, A), (2, 5, TIE), (6, 7, A)], 9), prior=NORMAL)
    assert board.status == (Status.RATED,) * 3 + (Status.PROVISIONAL,) * 5 + (Status.UNRATED,)
    assert board.reason[3:6] == (Reason.UNDEFEATED, Reason.WINLESS, Reason.FEW_VOTES)
    assert board.group.tolist() == [0] * 6 + [1] * 2 + [-1]
    assert board.rating[:6].mean() == pytest.approx(1000)
    assert board.rating[3] > 1000 > board.rating[4]


def test_a_group_that_met_nobody_moves_nobody_and_is_compared_with_nobody():
    loop = [(a, b, A) for a, b in [(0, 1), (1, 2), (2, 0), (0, 2)] * 2]
    alone, beside = (standings(counts_of(rows, 5), prior=NORMAL) for rows in (loop, [*loop, *[(3, 4, A)] * 5]))
    assert np.array_equal(alone.rating[:3], beside.rating[:3])
    assert beside.group.tolist() == [0, 0, 0, 1, 1]
    assert np.isnan(beside.covariance[:3, 3:]).all()


def test_intervals_by_voter_are_never_narrower_than_by_vote_and_much_wider_where_votes_repeat(simulate):
    votes = simulate(np.linspace(-1, 1, 5), 150, seed=1)
    thrice = votes.among(np.repeat(np.arange(150), 3))
    voter = np.repeat(np.arange(150), 3)
    board = standings_by(thrice.fold(), clustered(thrice, voter=voter, prompt=None, prior=NORMAL))
    by_vote = standings(thrice.fold(), prior=NORMAL)
    assert board.rating == pytest.approx(by_vote.rating)
    assert (board.upper - board.rating > 1.3 * (by_vote.upper - by_vote.rating)).all()


def test_two_voters_of_a_newcomer_leave_no_more_open_than_the_prior_does(simulate):
    votes = simulate(np.linspace(-0.5, 0.5, 6), 600, seed=2)
    columns = [votes.a, [6] * 8], [votes.b, [0, 1, 2, 3] * 2], [votes.outcome, [A] * 4 + [B, B, B, A]]
    a, b, outcome = (np.concatenate(parts) for parts in columns)
    grown = Comparisons(a, b, outcome=outcome, n_models=7)
    voter = np.append(np.arange(600) % 40, [40] * 4 + [41] * 4)
    plain, shrunk = (
        standings_by(grown.fold(), clustered(grown, voter=voter, prompt=None, prior=prior)) for prior in (None, NORMAL)
    )
    assert plain.upper[6] - plain.rating[6] > 1500
    assert 100 < shrunk.upper[6] - shrunk.rating[6] < 350


def test_style_control_has_the_same_prior(simulate):
    votes = simulate(np.linspace(-1, 1, 6), 80, seed=5)
    noise = np.random.default_rng(1).normal(size=(80, 1))
    graded = Comparisons(votes.a, votes.b, outcome=votes.outcome, n_models=6, features=noise)
    plain, shrunk = (style_board(graded, ["noise"], prior=prior).standings for prior in (None, NORMAL))
    assert np.std(shrunk.rating) < 0.95 * np.std(plain.rating)
    unstyled = standings_by(votes.fold(), styled(votes, prior=NORMAL))
    by_counts = standings(votes.fold(), prior=NORMAL)
    assert unstyled.rating == pytest.approx(by_counts.rating, abs=1e-3)
    assert unstyled.upper == pytest.approx(by_counts.upper, abs=1e-2)


@pytest.mark.parametrize("seed", range(5))
def test_style_that_goes_with_strength_does_not_take_what_the_prior_holds_back_of_it(seed):
    votes, _ = style_arena(12, 400, seed=seed)
    plain, shrunk = (style_control.fit(votes, prior=prior) for prior in (None, NORMAL))
    assert shrunk.coefficients == pytest.approx(plain.coefficients, abs=0.05)
    assert shrunk.coefficient_half_widths() == pytest.approx(plain.coefficient_half_widths(), rel=0.1)
    assert shrunk.strengths.std() < 0.9 * plain.strengths.std()
    assert np.linalg.eigvalsh(shrunk.covariance)[0] > -1e-9


def test_style_under_the_prior_holds_the_truth_and_errs_less():
    plain, shrunk = (style_accuracy(12, prior=prior) for prior in (None, NORMAL))
    assert shrunk.points < plain.points
    assert shrunk.strengths > 0.9 < shrunk.coefficients


def test_an_undefeated_model_has_a_place_on_the_style_board_beside_the_others(simulate):
    votes = simulate(np.linspace(-1, 1, 4), 60, seed=5)
    columns = [votes.a, [4] * 3], [votes.b, [0, 1, 2]], [votes.outcome, [A] * 3]
    a, b, outcome = (np.concatenate(parts) for parts in columns)
    length = np.random.default_rng(1).normal(size=(63, 1))
    found = style_board(Comparisons(a, b, outcome=outcome, n_models=5, features=length), ["length"], prior=NORMAL)
    assert found.standings.reason[4] is Reason.UNDEFEATED
    assert found.standings.rating[4] > 1000
    assert [effect.name for effect in found.effects] == ["length", "position"]


def test_points_without_intervals_are_the_same_points(simulate):
    counts = simulate(np.linspace(-1, 1, 6), 40, seed=5).fold()
    assert standings_by(counts, points_only(prior=NORMAL)).rating == pytest.approx(
        standings(counts, prior=NORMAL).rating
    )


@pytest.mark.parametrize("seed", range(5))
def test_permuting_the_models_permutes_the_board(simulate, seed):
    counts = simulate(np.linspace(-2, 2, 9), 20 + 20 * seed, seed=seed).fold()
    order = np.random.default_rng(seed).permutation(9)
    board, permuted = standings(counts, prior=NORMAL), standings(counts.among(order), prior=NORMAL)
    for name in ("rating", "lower", "upper"):
        assert getattr(permuted, name) == pytest.approx(getattr(board, name)[order], abs=1e-6)
    assert permuted.reason == tuple(board.reason[i] for i in order)


def test_turning_every_vote_round_mirrors_the_ratings(simulate):
    counts = simulate(np.linspace(-1, 1, 6), 30, seed=8).fold()
    mirrored = standings(PairCounts(counts.wins.T, counts.ties, both_bad=counts.both_bad), prior=NORMAL)
    assert mirrored.rating - 1000 == pytest.approx(1000 - standings(counts, prior=NORMAL).rating, abs=1e-6)


def test_the_chance_of_each_spread_is_that_of_the_votes_under_it():
    """Laplace's method against an integral over the one gap of two models."""
    counts = counts_of([(0, 1, A)] * 9 + [(0, 1, B)] * 3, 2)
    found = [node.chance for node in fit_with(counts, NORMAL).nodes]
    gaps = np.linspace(-12, 12, 6001)
    likelihood = expit(gaps) ** 9 * expit(-gaps) ** 3
    exact = np.array([(likelihood * np.exp(-(gaps**2) / (4 * sd**2)) / sd).sum() for sd in NORMAL.spreads])
    exact *= np.exp(NORMAL.log_chances)
    assert found == pytest.approx((exact / exact.sum()).tolist(), abs=0.01)
