from itertools import combinations

import numpy as np
import pytest

from ratings import Comparisons, Outcome, PairCounts
from ratings.bootstrap import REMNANT
from ratings.bradley_terry import NoFiniteMaximum, fit, has_finite_maximum
from ratings.robustness import Removal, Upset, smallest_upset

A, B, TIE, BOTH_BAD = Outcome


def without(votes, rows):
    return Comparisons(
        np.delete(votes.a, rows),
        np.delete(votes.b, rows),
        outcome=np.delete(votes.outcome, rows),
        n_models=votes.n_models,
    ).fold()


def mended(counts, whole):
    if has_finite_maximum(counts.score):
        return counts
    planes = ((getattr(counts, name) + REMNANT * getattr(whole, name)) for name in ("wins", "ties", "both_bad"))
    wins, ties, both_bad = planes
    return PairCounts(wins, ties, both_bad=both_bad)


def leads(votes, leader, rows):
    strengths = fit(mended(without(votes, rows), votes.fold()))
    return strengths.max() <= strengths[leader] + 1e-9


def fewest_by_search(votes, most):
    leader = int(np.argmax(fit(votes.fold())))
    for n_removed in range(1, most + 1):
        if any(not leads(votes, leader, list(rows)) for rows in combinations(range(len(votes)), n_removed)):
            return n_removed
    return None


@pytest.mark.parametrize("seed", [0, 1, 4, 5, 6, 7, 8, 12, 13, 14])
def test_a_search_through_all_removals_finds_no_smaller_one(simulate, seed):
    votes = simulate(np.linspace(-0.6, 0.6, 4), 20, seed=seed)
    if not has_finite_maximum(votes.fold().score):
        pytest.skip("these votes have no finite maximum")
    found, fewest = smallest_upset(votes.fold()), fewest_by_search(votes, 2)
    assert found.votes == fewest if fewest else found.votes > 2


@pytest.mark.parametrize(("reach", "n_models", "n_votes", "seed"), [(1, 6, 600, 0), (1, 6, 600, 1), (2, 4, 100, 6)])
def test_without_the_votes_named_the_successor_leads_and_with_any_one_of_them_does_not(
    simulate, reach, n_models, n_votes, seed
):
    votes = simulate(np.linspace(-reach, reach, n_models), n_votes, seed=seed)
    upset, rows = smallest_upset(votes.fold()), []
    for removal in upset.removals:
        rows += matching(votes, removal)[: int(removal.votes)]
    strengths = fit(votes.fold())
    assert upset.leader == np.argmax(strengths)
    assert len(rows) == upset.votes
    assert np.argmax(fit(mended(without(votes, rows), votes.fold()))) == upset.successor != upset.leader
    assert all(leads(votes, upset.leader, [row for row in rows if row != kept]) for kept in rows)


def matching(votes, removal):
    """Rows of the votes that a removal speaks of, whoever sat where."""
    same = (votes.a == removal.a) & (votes.b == removal.b)
    turned = (votes.a == removal.b) & (votes.b == removal.a)
    other = {A: B, TIE: TIE, BOTH_BAD: BOTH_BAD}[removal.outcome]
    return np.flatnonzero((same & (votes.outcome == removal.outcome)) | (turned & (votes.outcome == other))).tolist()


def test_of_two_models_the_lead_must_be_taken_away_and_one_vote_more():
    counts = Comparisons([0] * 6, [1] * 6, outcome=[A, A, A, A, B, B], n_models=2).fold()
    upset = smallest_upset(counts)
    assert (upset.leader, upset.successor) == (0, 1)
    assert upset.removals == (Removal(0, 1, A, 3.0),)


def test_votes_that_leave_no_finite_maximum_can_be_the_answer():
    counts = Comparisons([0] * 3, [1] * 3, outcome=[A, A, B], n_models=2).fold()
    assert smallest_upset(counts).votes == 2


def test_a_leader_by_one_vote_falls_with_two_and_one_by_many_does_not(simulate):
    close = smallest_upset(simulate([0, 0, 0], 300, seed=1).fold())
    clear = smallest_upset(simulate([0, 0, 1], 300, seed=1).fold())
    assert 0 < close.votes < 15 < clear.votes


def test_a_search_ends_where_more_votes_would_go_than_asked(simulate):
    counts = simulate([0, 0, 1], 300, seed=1).fold()
    fewest = smallest_upset(counts).votes
    assert smallest_upset(counts, most=2 * fewest) == smallest_upset(counts)
    assert smallest_upset(counts, most=fewest / 2) is None


@pytest.mark.parametrize("undecided", [TIE, BOTH_BAD])
def test_a_tie_that_held_the_successor_back_can_be_the_answer(undecided):
    # Against 2, the leader won 9 of 10 points and 1 won 10.5 of 12; without one of its ties 10 of 11.
    votes = [(0, 2, A)] * 9 + [(2, 0, A)] + [(1, 2, A)] * 9 + [(2, 1, undecided)] * 3
    a, b, outcome = zip(*votes, strict=True)
    upset = smallest_upset(Comparisons(a, b, outcome=outcome, n_models=3).fold())
    assert upset == Upset(0, 1, (Removal(1, 2, undecided, 1.0),))


def test_votes_of_fractional_weight_are_taken_away_by_their_weight(simulate):
    counts = simulate([0, 0.2, 0.4], 200, seed=4, weights=True).fold()
    upset, left = smallest_upset(counts), {name: getattr(counts, name).copy() for name in ("wins", "ties", "both_bad")}
    for removal in upset.removals:
        pair = removal.a, removal.b
        if removal.outcome is A:
            left["wins"][pair] -= removal.votes
        else:
            left["ties" if removal.outcome is TIE else "both_bad"][[*pair], [*reversed(pair)]] -= removal.votes
    assert np.argmax(fit(PairCounts(left["wins"], left["ties"], both_bad=left["both_bad"]))) == upset.successor


@pytest.mark.parametrize("seed", range(3))
def test_relabelling_the_models_relabels_the_answer(simulate, seed):
    counts = simulate(np.linspace(-1, 1, 5), 300, seed=seed).fold()
    order = np.random.default_rng(seed).permutation(5)
    one, moved = smallest_upset(counts), smallest_upset(counts.among(order))
    assert moved.votes == one.votes
    assert (order[moved.leader], order[moved.successor]) == (one.leader, one.successor)


def test_one_model_leads_whatever_is_taken_away_and_no_maximum_is_refused():
    assert smallest_upset(Comparisons([], [], outcome=[], n_models=1).fold()) is None
    with pytest.raises(NoFiniteMaximum):
        smallest_upset(Comparisons([0], [1], outcome=[A], n_models=2).fold())
