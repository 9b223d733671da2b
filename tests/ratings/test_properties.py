"""What must hold whatever the votes: on small arenas of every kind, drawn from seeds."""

import numpy as np
import pytest

from ratings import Comparisons, Outcome, PairCounts, Reason, Status
from ratings.bradley_terry import fit
from ratings.elo import replay
from ratings.intervals import Method
from ratings.standings import standings

A, B, TIE, BOTH_BAD = Outcome
SEEDS = range(8)


@pytest.fixture(params=SEEDS)
def votes(request, simulate):
    """Few votes on six models, weighted with an odd seed, that have a finite maximum."""
    seed = request.param
    return simulate(np.linspace(-1, 1, 6), 60 + 10 * seed, seed=seed, weights=seed % 2 == 1)


def swapped(votes, rows):
    """The same votes with the sides of these rows turned round."""
    turned = np.array([B, A, TIE, BOTH_BAD])[votes.outcome]
    columns = ((votes.a, votes.b), (votes.b, votes.a), (votes.outcome, turned))
    a, b, outcome = (np.where(rows, other, own) for own, other in columns)
    return Comparisons(a, b, outcome=outcome, n_models=votes.n_models, weight=votes.weight)


def with_vote(votes, a, b, outcome, *, weight=1.0):
    rows = zip((votes.a, votes.b, votes.outcome, votes.weight), (a, b, outcome, weight), strict=True)
    columns = [np.append(old, new) for old, new in rows]
    return Comparisons(*columns[:2], outcome=columns[2], weight=columns[3], n_models=votes.n_models)


def gaps(votes):
    strengths = fit(votes.fold())
    return strengths[:, None] - strengths


def pairs(n):
    return np.argwhere(~np.eye(n, dtype=bool)).tolist()


def test_a_win_lifts_its_winner_against_everybody_and_lowers_its_loser_against_everybody(votes):
    before = gaps(votes)
    for winner, loser in pairs(6):
        change = gaps(with_vote(votes, winner, loser, A, weight=0.3)) - before
        assert change[winner].min() > -1e-12
        assert change[loser].max() < 1e-12
        assert change[winner, loser] > max(1e-6, change.max() - 1e-12)


@pytest.mark.parametrize("outcome", [TIE, BOTH_BAD])
def test_a_tie_pulls_its_models_towards_each_other_and_never_past(votes, outcome):
    before = gaps(votes)
    for one, other in pairs(6):
        ratio = gaps(with_vote(votes, one, other, outcome, weight=3.0))[one, other] / before[one, other]
        assert 0 < ratio < 1


@pytest.mark.parametrize("factor", [0.25, 3.7, 1000.0])
@pytest.mark.parametrize("method", Method)
def test_the_weight_of_all_votes_together_changes_nothing_on_the_board(votes, factor, method):
    weight = votes.weight + 3  # so that no model falls below the weight of two votes, which a rating needs
    one, other = (standings(votes.weighted(weight * k).fold(), intervals=method) for k in (1.0, factor))
    for name in ("rating", "lower", "upper", "win_rate"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), abs=1e-8)
    for name in ("rank", "rank_best", "rank_worst"):
        assert np.array_equal(getattr(other, name), getattr(one, name))
    assert (other.status, other.reason) == (one.status, one.reason)
    assert other.votes == pytest.approx(one.votes * factor)


def test_the_categories_of_a_partition_add_up_to_the_whole(votes):
    category = np.random.default_rng(len(votes)).integers(0, 4, len(votes))
    parts, whole = votes.fold_each(category[:, None] == np.arange(4)), votes.fold()
    for name in ("wins", "ties", "both_bad", "battles", "score"):
        assert sum(getattr(part, name) for part in parts) == pytest.approx(getattr(whole, name), abs=1e-12)
        squares = [getattr(counts.squares, name) for counts in (*parts, whole)]
        assert sum(squares[:-1]) == pytest.approx(squares[-1], abs=1e-12)


def test_swapping_the_sides_of_any_votes_changes_no_column_of_the_board_by_a_bit(votes):
    turned = swapped(votes, np.random.default_rng(len(votes)).random(len(votes)) < 0.5)
    one, other = standings(votes.fold()), standings(turned.fold())
    for name in ("rating", "lower", "upper", "rank_best", "rank_worst", "votes", "win_rate"):
        assert np.array_equal(getattr(one, name), getattr(other, name))


def test_online_elo_permutes_with_the_models_and_does_not_mind_the_sides(votes):
    place, points = np.random.default_rng(len(votes)).permutation(6), replay(votes)
    moved = Comparisons(place[votes.a], place[votes.b], outcome=votes.outcome, n_models=6, weight=votes.weight)
    assert replay(moved)[place] == pytest.approx(points, abs=1e-9)
    assert replay(swapped(votes, np.arange(len(votes)) % 2 == 0)) == pytest.approx(points, abs=1e-9)


NEWCOMERS = {
    "undefeated": ([(6, 0, A), (6, 2, A), (4, 6, B)], Reason.UNDEFEATED),
    "winless": ([(6, 0, B), (2, 6, A), (6, 4, B)], Reason.WINLESS),
    "one win": ([(6, 3, A)], Reason.UNDEFEATED),
    "one tie": ([(3, 6, TIE)], Reason.FEW_VOTES),
    "ties with one rival": ([(3, 6, TIE), (6, 3, BOTH_BAD)], Reason.NO_RESIDUAL),
    "winless but for a tie with another newcomer": ([(6, 0, B), (6, 7, TIE), (7, 1, B)], Reason.OUTSIDE_CORE),
    "between a winner and a loser": ([(0, 6, A), (6, 7, A)], Reason.OUTSIDE_CORE),
    "nobody else's rival": ([(6, 7, A), (7, 6, A), (6, 7, A)], None),
    "without votes": ([], None),
}


@pytest.mark.parametrize(("rows", "reason"), NEWCOMERS.values(), ids=NEWCOMERS)
def test_no_newcomer_moves_a_rated_model_and_each_says_why_it_is_provisional(simulate, rows, reason):
    old = simulate(np.linspace(-1, 1, 6), 400, seed=1)
    a, b, outcome = (np.array([row[i] for row in rows], dtype=np.int64) for i in range(3))
    columns = np.append(old.a, a), np.append(old.b, b)
    new = Comparisons(*columns, outcome=np.append(old.outcome, outcome), n_models=8)
    before, after = standings(old.fold()), standings(new.fold())
    for name in ("rating", "lower", "upper"):
        assert getattr(after, name)[:6] == pytest.approx(getattr(before, name), abs=1e-9)
    assert after.covariance[:6, :6] == pytest.approx(before.covariance, rel=1e-9)
    assert after.status[:6] == (Status.RATED,) * 6
    assert after.reason[6] is reason
    assert after.upper[6] - after.lower[6] > 400 or not rows


def test_a_winless_newcomer_mirrors_an_undefeated_one(simulate):
    old = simulate(np.linspace(-1, 1, 10), 2000, seed=5).fold()
    wins, none = np.zeros((11, 11)), np.zeros((11, 11))
    wins[:10, :10] = old.score
    wins[10, [0, 3, 5, 7, 9]] = 1
    up, down = (standings(PairCounts(w, none, both_bad=none)) for w in (wins, wins.T))
    assert down.rating - 1000 == pytest.approx(1000 - up.rating, abs=1e-8)
    assert (up.reason[10], down.reason[10]) == (Reason.UNDEFEATED, Reason.WINLESS)
    assert down.upper[10] - down.lower[10] > 400
