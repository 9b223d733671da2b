import numpy as np
import pytest

from ratings import Comparisons, Outcome, PairCounts, Reason, Status
from ratings.bradley_terry import fit
from ratings.intervals import BadConfidence, Method, half_widths, hc3, sandwich, spread
from ratings.provisional import fit as fit_provisional
from ratings.ranking import simultaneous_ranks
from ratings.scale import to_points, width_in_points
from ratings.standings import LARGEST_GROUP, largest_group, standings

A, B, TIE, BOTH_BAD = Outcome
RATED, PROVISIONAL, UNRATED = Status


def board_of(votes, n_models):
    """votes: (a, b, outcome) each."""
    a, b, outcome = zip(*votes, strict=True)
    return standings(Comparisons(a, b, outcome=outcome, n_models=n_models).fold())


def both_ways(*pairs, times=3):
    return [vote for a, b in pairs for vote in [(a, b, A), (a, b, B)] * times]


def test_the_first_vote_ever_gives_two_wide_flagged_overlapping_ratings():
    board = board_of([(0, 1, A)], 2)
    assert board.rating == pytest.approx([1058.6, 941.4], abs=0.1)
    assert (board.upper - board.lower > 500).all()
    assert board.rank.tolist() == board.rank_best.tolist() == [1, 1]
    assert board.rank_worst.tolist() == [2, 2]
    assert board.status == (PROVISIONAL, PROVISIONAL)
    assert board.reason == (Reason.UNDEFEATED, Reason.WINLESS)


@pytest.mark.parametrize("outcome", [TIE, BOTH_BAD])
@pytest.mark.parametrize(("times", "reason"), [(1, Reason.FEW_VOTES), (50, Reason.NO_RESIDUAL)])
def test_ties_alone_leave_everyone_at_1000_but_unproven(outcome, times, reason):
    board = board_of([(0, 1, outcome), (1, 2, outcome), (2, 0, outcome)][: 3 if times > 1 else 1] * times, 3)
    met = board.votes > 0
    assert board.rating[met] == pytest.approx(1000)
    assert (board.upper[met] - board.lower[met] > 20).all()
    assert {board.reason[i] for i in np.flatnonzero(met)} == {reason}


@pytest.mark.parametrize(("chosen", "formula"), [({}, hc3), ({"intervals": Method.SANDWICH}, sandwich)])
def test_models_with_a_finite_maximum_get_exactly_the_fit_and_its_covariance(simulate, chosen, formula):
    counts = simulate(np.linspace(-1, 1, 8), 600, seed=1).fold()
    board, strengths = standings(counts, confidence=0.9, **chosen), fit(counts)
    width = width_in_points(half_widths(formula(counts, strengths), confidence=0.9))
    assert board.covariance == pytest.approx(formula(counts, strengths) * width_in_points(np.ones(1)) ** 2)
    assert np.array_equal(board.rating, to_points(strengths))
    assert board.lower == pytest.approx(board.rating - width)
    assert board.upper == pytest.approx(board.rating + width)
    assert set(board.status) == {RATED}
    assert set(board.reason) == {None}
    assert np.array_equal(board.votes, counts.votes)
    assert np.array_equal(board.win_rate, counts.win_rate)


def test_an_undefeated_newcomer_is_finite_and_flagged_and_leaves_the_others_untouched(simulate):
    votes = simulate(np.linspace(-1, 1, 10), 2000, seed=5)
    before = standings(votes.fold())
    after = standings(
        Comparisons(
            [*votes.a, 10, 10, 10, 10, 10],
            [*votes.b, 0, 3, 5, 7, 9],
            outcome=[*votes.outcome, A, A, A, A, A],
            n_models=11,
        ).fold()
    )
    for name in ("rating", "lower", "upper"):
        assert getattr(after, name)[:10] == pytest.approx(getattr(before, name), abs=1e-9)
    assert 1200 < after.rating[10] < 1330
    assert after.upper[10] - after.lower[10] > 400
    assert after.status == (RATED,) * 10 + (PROVISIONAL,)
    assert after.reason[10] is Reason.UNDEFEATED


def test_newcomers_who_met_each_other_are_solved_together():
    votes = [*both_ways((0, 1), (1, 2)), (3, 0, A), (3, 4, A), (1, 4, A)]
    a, b, outcome = zip(*votes, strict=True)
    counts = Comparisons(a, b, outcome=outcome, n_models=5).fold()
    strengths = np.concatenate([fit(counts.among(np.arange(3))), [0, 0]])
    found = fit_provisional(counts, strengths, is_core=np.array([True] * 3 + [False] * 2))
    board = standings(counts)
    assert board.rating[3:] == pytest.approx(to_points(found.strengths))
    half = 1.959964 * width_in_points(np.sqrt(found.covariance.diagonal()))
    assert board.upper[3:] - board.rating[3:] == pytest.approx(half, rel=1e-6)


def test_groups_that_never_met_are_each_rated_around_1000_and_ranked_from_1():
    votes = [*both_ways((0, 1), (1, 2)), *[(0, 1, A)] * 300, (3, 4, A), (6, 7, B), (6, 7, B)]
    board = board_of(votes, 8)
    assert board.group.tolist() == [0, 0, 0, 2, 2, -1, 1, 1]
    assert board.rating[:3].mean() == pytest.approx(1000)
    assert board.rating[[3, 4]].mean() == pytest.approx(1000)
    for group in range(3):
        assert board.rank[board.group == group].min() == 1
        assert board.rank_worst[board.group == group].max() == (board.group == group).sum()


@pytest.mark.parametrize("seed", range(20))
def test_no_group_has_more_models_than_the_first(seed):
    rng = np.random.default_rng(seed)
    pairs = rng.integers(0, 30, (18, 2))
    board = board_of([(a, b, A) for a, b in pairs if a != b], 30)
    sizes = np.bincount(board.group[board.group >= 0])
    assert len(sizes) > 1
    assert sizes[LARGEST_GROUP] == sizes.max()
    assert largest_group(board.group[board.group >= 0].tolist()) == LARGEST_GROUP


def test_of_some_models_the_largest_group_is_the_one_with_most_of_them_and_the_lower_of_equals():
    assert [largest_group(groups) for groups in ([], [2, 1, 1], [2, 1, 1, 2])] == [LARGEST_GROUP, 1, 1]


def test_a_second_group_does_not_move_the_first_one():
    core = both_ways((0, 1), (1, 2), (0, 2))
    alone, beside = board_of(core, 5), board_of([*core, *[(3, 4, A)] * 5], 5)
    assert np.array_equal(alone.rating[:3], beside.rating[:3])
    assert np.array_equal(alone.rank[:3], beside.rank[:3])


def test_a_model_without_votes_is_unrated_and_has_no_rank():
    board = board_of(both_ways((0, 1)), 3)
    assert np.isnan([board.rating[2], board.lower[2], board.upper[2], board.win_rate[2]]).all()
    assert (board.rank[2], board.rank_best[2], board.rank_worst[2], board.group[2]) == (0, 0, 0, -1)
    assert (board.status[2], board.reason[2]) == (UNRATED, None)


def test_votes_of_weight_zero_rate_nobody():
    counts = Comparisons([0, 1], [1, 0], outcome=[A, A], weight=[0, 0], n_models=2).fold()
    assert standings(counts).status == (UNRATED, UNRATED)


@pytest.mark.parametrize("n_models", [0, 1])
def test_a_board_of_one_or_no_model_is_just_unrated(n_models):
    board = standings(Comparisons([], [], outcome=[], n_models=n_models).fold())
    assert board.status == (UNRATED,) * n_models
    assert board.rating.shape == (n_models,)


def test_a_model_with_one_tie_waits_outside_the_core_and_the_others_keep_their_maximum():
    votes = [*both_ways((0, 1), (1, 2)), (0, 1, A), (2, 3, TIE)]
    a, b, outcome = zip(*votes, strict=True)
    together = fit(Comparisons(a, b, outcome=outcome, n_models=4).fold())[:3]
    board = board_of(votes, 4)
    assert board.rating[:3] == pytest.approx(to_points(together - together.mean()), abs=1e-9)
    assert board.reason == (None, None, None, Reason.FEW_VOTES)


def test_a_model_whose_votes_are_all_ties_with_equals_waits_outside_without_moving_anyone():
    votes = [*both_ways((0, 1), (1, 2), (0, 2)), *[(3, 0, TIE), (3, 1, BOTH_BAD)] * 4]
    a, b, outcome = zip(*votes, strict=True)
    counts = Comparisons(a, b, outcome=outcome, n_models=4).fold()
    together, board = fit(counts), standings(counts)
    assert sandwich(counts, together)[3, 3] < sandwich(counts, together)[2, 2]  # it would look the surest of all
    assert board.rating[:3] == pytest.approx(to_points(together[:3] - together[:3].mean()), abs=1e-9)
    assert board.reason[3] is Reason.NO_RESIDUAL
    assert board.upper[3] - board.lower[3] > 200


@pytest.mark.parametrize("seed", range(10))
def test_taking_out_ties_with_one_rival_never_moves_the_maximum_of_a_random_core(simulate, seed):
    rng, votes = np.random.default_rng(seed), simulate(np.linspace(-2, 2, 6), 300, seed=seed)
    newcomers = [6, 7, 8, 8, 8, 9, 9, 9]
    rivals = rng.integers(0, 6, 10)[newcomers]
    counts = Comparisons(
        [*votes.a, *newcomers], [*votes.b, *rivals], outcome=[*votes.outcome, *[TIE] * 8], n_models=10
    ).fold()
    together, board = fit(counts)[:6], standings(counts)
    assert board.rating[:6] == pytest.approx(to_points(together - together.mean()), abs=1e-8)
    assert board.reason[6:] == (Reason.FEW_VOTES,) * 2 + (Reason.NO_RESIDUAL,) * 2


def test_clearly_different_models_are_ranked_from_the_strongest_down(simulate):
    board = standings(simulate([0, -2, 2, 4], 4000, seed=1).fold())
    assert board.rank.tolist() == board.rank_best.tolist() == board.rank_worst.tolist() == [3, 4, 2, 1]


def test_taking_out_goes_on_until_nobody_is_left_to_take():
    # 5 hangs on 4 by one tie and 4 on 3 by one; without 5, 4 has but one vote left in the core.
    board = board_of([*both_ways((0, 1), (1, 2), (2, 3)), (3, 4, TIE), (4, 5, TIE)], 6)
    assert board.reason == (None, None, None, None, Reason.NO_RESIDUAL, Reason.FEW_VOTES)
    chain = board_of([(0, 1, TIE), (1, 2, TIE), (2, 3, TIE)], 4)
    assert set(chain.status) == {PROVISIONAL}
    assert chain.rating == pytest.approx(1000)


def test_two_halves_held_together_only_by_a_silent_model_are_not_one_core():
    votes = [*both_ways((0, 1), (1, 2)), *both_ways((3, 4)), (5, 0, TIE), (5, 3, TIE)]
    board = board_of(votes, 6)
    assert board.status[:3] == (RATED,) * 3
    assert board.reason[3:] == (Reason.OUTSIDE_CORE, Reason.OUTSIDE_CORE, Reason.NO_RESIDUAL)
    assert np.isfinite(board.rating).all()


def test_a_model_between_the_core_and_its_victims_is_outside_the_core():
    board = board_of([*both_ways((0, 1), (1, 2)), (0, 3, A), (3, 4, A)], 5)
    assert board.reason == (None, None, None, Reason.OUTSIDE_CORE, Reason.WINLESS)


def test_two_votes_make_a_rating_and_a_weight_of_less_than_two_does_not():
    a, b, outcome = zip(*both_ways((0, 1), times=1), strict=True)
    enough = Comparisons(a, b, outcome=outcome, n_models=2).fold()
    half = Comparisons(a, b, outcome=outcome, weight=[0.5, 0.5], n_models=2).fold()
    assert standings(enough).status == (RATED, RATED)
    assert standings(half).reason == (Reason.FEW_VOTES, Reason.FEW_VOTES)


@pytest.mark.parametrize("seed", range(20))
def test_on_sparse_random_votes_everyone_who_was_voted_on_gets_a_finite_interval(simulate, seed):
    counts = simulate(np.linspace(-3, 3, 12), 4 + 2 * seed, seed=seed, weights=seed % 2 == 0).fold()
    board = standings(counts)
    voted = counts.votes > 0
    for bound in (board.rating, board.lower, board.upper):
        assert np.array_equal(np.isfinite(bound), voted)
    assert (board.lower[voted] < board.rating[voted]).all()
    assert (board.rating[voted] < board.upper[voted]).all()
    assert (board.rank_best[voted] <= board.rank_worst[voted]).all()
    assert ((board.group >= 0) == voted).all()


@pytest.mark.parametrize("seed", range(10))
def test_permuting_the_models_permutes_every_column(simulate, seed):
    counts = simulate(np.linspace(-2, 2, 9), 60 + 20 * seed, seed=seed).fold()
    order = np.random.default_rng(seed).permutation(9)
    board, permuted = standings(counts), standings(counts.among(order))
    for name in ("rating", "lower", "upper", "win_rate"):
        assert getattr(permuted, name) == pytest.approx(getattr(board, name)[order], abs=1e-8)
    for name in ("rank", "rank_best", "rank_worst", "votes", "group"):
        assert np.array_equal(getattr(permuted, name), getattr(board, name)[order])
    assert permuted.status == tuple(board.status[i] for i in order)
    assert permuted.reason == tuple(board.reason[i] for i in order)


def test_turning_every_vote_round_mirrors_the_ratings(simulate):
    counts = simulate(np.linspace(-1, 1, 6), 90, seed=8).fold()
    mirrored = standings(PairCounts(counts.wins.T, counts.ties, both_bad=counts.both_bad))
    assert mirrored.rating - 1000 == pytest.approx(1000 - standings(counts).rating, abs=1e-8)


def test_a_wider_confidence_widens_every_interval_and_an_impossible_one_is_refused(simulate):
    counts = simulate([0, 1, 2], 60, seed=9).fold()
    narrow, wide = standings(counts, confidence=0.5), standings(counts, confidence=0.99)
    assert (wide.upper - wide.lower > 3 * (narrow.upper - narrow.lower)).all()
    with pytest.raises(BadConfidence):
        standings(Comparisons([], [], outcome=[], n_models=0).fold(), confidence=2)


def with_newcomer(votes, rivals, outcomes):
    rows = [(votes.a, [votes.n_models] * len(rivals)), (votes.b, rivals), (votes.outcome, outcomes)]
    a, b, outcome = (np.concatenate(columns) for columns in rows)
    return Comparisons(a, b, outcome=outcome, n_models=votes.n_models + 1).fold()


@pytest.mark.parametrize("outcomes", [[TIE, BOTH_BAD], [A, B], [TIE, A]])
def test_two_votes_against_near_equals_rate_a_newcomer_but_do_not_look_precise(simulate, outcomes):
    counts = with_newcomer(simulate(np.linspace(-0.1, 0.1, 6), 3000, seed=2), [2, 3], outcomes)
    board = standings(counts)
    assert board.status[6] is RATED
    assert 350 < board.upper[6] - board.rating[6] < 700
    assert 1.96 * np.sqrt(spread(board.covariance)[:6, :6]).max() < 30  # the others stay told apart


def test_a_newcomer_without_luck_or_loss_gains_precision_vote_by_vote_and_never_in_a_jump(simulate):
    old, widths = simulate(np.linspace(-0.1, 0.1, 6), 3000, seed=2), []
    for n_votes in range(2, 40):
        board = standings(with_newcomer(old, np.arange(n_votes) % 6, [TIE] * n_votes))
        assert board.status[6] is RATED
        widths.append(board.upper[6] - board.rating[6])
    shrunk = np.array(widths[1:]) / widths[:-1]
    assert (shrunk > 0.65).all()
    assert (shrunk < 1).all()
    from_the_mean_of_seven = 6 / 7
    by_hand = 1.96 * width_in_points(np.sqrt(3 / 39 * 4 / 39)) * from_the_mean_of_seven
    assert widths[-1] == pytest.approx(by_hand, rel=0.05)


def test_a_win_never_lowers_its_winner_nor_lifts_its_loser(simulate):
    counts = simulate(np.linspace(-1, 1, 6), 200, seed=3).fold()
    before = standings(counts).rating
    for winner, loser in np.argwhere(~np.eye(6, dtype=bool)):
        wins = counts.wins.copy()
        wins[winner, loser] += 1
        after = standings(PairCounts(wins, counts.ties, both_bad=counts.both_bad)).rating
        assert after[winner] > before[winner]
        assert after[loser] < before[loser]


def test_every_vote_twice_keeps_the_ratings_and_narrows_the_plain_intervals_by_the_root_of_two(simulate):
    counts = simulate(np.linspace(-1, 1, 6), 300, seed=4).fold()
    twice = PairCounts(counts.wins * 2, counts.ties * 2, both_bad=counts.both_bad * 2)
    one, two = (standings(c, intervals=Method.SANDWICH) for c in (counts, twice))
    assert two.rating == pytest.approx(one.rating, abs=1e-8)
    assert two.upper - two.rating == pytest.approx((one.upper - one.rating) / np.sqrt(2), rel=1e-9)


def test_the_covariance_of_the_board_explains_its_intervals_and_stops_at_the_border_of_a_group():
    board = board_of([*both_ways((0, 1), (1, 2)), (3, 4, A), (2, 5, A)], 7)
    width = 1.959964 * np.sqrt(board.covariance.diagonal()[:6])
    assert board.upper[:6] - board.rating[:6] == pytest.approx(width, rel=1e-6)
    assert np.array_equal(np.isnan(board.covariance), (board.group[:, None] != board.group) | (board.group < 0))
    group = np.flatnonzero(board.group == 0)
    best, worst = simultaneous_ranks(board.rating[group], board.covariance[np.ix_(group, group)])
    assert (best <= worst).all()
