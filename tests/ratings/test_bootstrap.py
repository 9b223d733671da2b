import numpy as np
import pytest

from ratings import Comparisons, Outcome, PairCounts
from ratings.bootstrap import CELLS_AT_ONCE, bootstrap, percentiles
from ratings.bradley_terry import NoFiniteMaximum, fit, has_finite_maximum
from ratings.intervals import BadConfidence, half_widths, sandwich

A, B, TIE, BOTH_BAD = Outcome


def rng(seed=0):
    return np.random.default_rng(seed)


def resampled(counts, generator):
    """One draw, vote by vote from the same multinomial, fitted from zero."""
    cells = [("wins", i, j) for i, j in np.argwhere(counts.wins)]
    cells += [("ties", i, j) for i, j in np.argwhere(np.triu(counts.ties + counts.both_bad))]
    weights = [counts.wins[i, j] if kind == "wins" else (counts.ties + counts.both_bad)[i, j] for kind, i, j in cells]
    drawn = generator.multinomial(round(sum(weights)), np.array(weights) / sum(weights))
    wins, ties = np.zeros((2, len(counts), len(counts)))
    for (kind, i, j), votes in zip(cells, drawn, strict=True):
        if kind == "wins":
            wins[i, j] = votes
        else:
            ties[i, j] = ties[j, i] = votes
    return PairCounts(wins, ties, both_bad=np.zeros_like(wins))


def test_every_refit_is_the_maximum_of_its_own_draw(simulate):
    counts = simulate([0, 0.5, -1, 1], 300, seed=1).fold()
    found, twin = bootstrap(counts, rng=rng(7), rounds=5), rng(7)
    slow = [fit(resampled(counts, twin)) for _ in range(5)]
    assert found.strengths == pytest.approx(np.array(slow), abs=1e-8)
    assert not found.mended.any()


def test_an_equal_generator_draws_equally_and_another_differently(simulate):
    counts = simulate([0, 1, 2], 60, seed=2).fold()
    first, same, other = (bootstrap(counts, rng=rng(seed), rounds=3).strengths for seed in (1, 1, 2))
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)


def test_many_rounds_are_the_same_as_few_and_then_more(simulate):
    counts, rounds = simulate(np.zeros(30), 3000, seed=2).fold(), CELLS_AT_ONCE // 30**2 + 5
    parts = rng()
    together = bootstrap(counts, rng=rng(), rounds=rounds).strengths
    first, more = bootstrap(counts, rng=parts, rounds=20), bootstrap(counts, rng=parts, rounds=rounds - 20)
    assert np.concatenate([first.strengths, more.strengths]) == pytest.approx(together, abs=1e-9)


def test_a_long_run_tells_how_far_it_is(simulate):
    told = []
    bootstrap(simulate(np.zeros(200), 20_000, seed=1).fold(), rng=rng(), rounds=5, on_progress=told.append)
    assert told == [2, 4, 5]


def test_with_many_votes_the_percentiles_agree_with_the_sandwich(simulate):
    counts = simulate(np.linspace(-1, 1, 5), 5000, seed=3).fold()
    strengths = fit(counts)
    lower, upper = percentiles(bootstrap(counts, rng=rng(), rounds=2000).strengths, confidence=0.9)
    assert (upper - lower) / 2 == pytest.approx(half_widths(sandwich(counts, strengths), confidence=0.9), rel=0.1)
    assert (upper + lower) / 2 == pytest.approx(strengths, abs=0.02)


def test_draws_without_a_finite_maximum_are_mended_and_lie_beyond_the_others():
    # One loss in six: a third of the draws lose it, and then nothing holds the winner.
    counts = Comparisons([0] * 6, [1] * 6, outcome=[A] * 5 + [B], n_models=2).fold()
    found = bootstrap(counts, rng=rng(), rounds=500)
    assert 0.25 < found.mended.mean() < 0.42
    assert np.isfinite(found.strengths).all()
    assert found.strengths[found.mended, 0].min() > found.strengths[~found.mended, 0].max()
    mended = [6 + 0.05, 0.01]
    assert found.strengths[found.mended, 0].max() == pytest.approx(np.log(mended[0] / mended[1]) / 2, abs=1e-8)


def test_votes_of_one_weight_are_drawn_as_so_many_whole_ones():
    votes = [A, B, TIE, BOTH_BAD] * 20
    whole = Comparisons([0] * 80, [1] * 80, outcome=votes, n_models=2)
    halves = Comparisons([0] * 80, [1] * 80, outcome=votes, n_models=2, weight=[0.5] * 80)
    one, two = (bootstrap(c.fold(), rng=rng(), rounds=20).strengths for c in (whole, halves))
    assert one == pytest.approx(two, abs=1e-9)


@pytest.mark.parametrize("unit", [1e-9, 0.25, 3.0, 1e12])
def test_the_unit_of_the_weights_changes_no_draw(simulate, unit):
    votes = simulate([0, 0.5, -1, 1], 300, seed=1, weights=True)
    one, other = (bootstrap(votes.weighted(votes.weight * k).fold(), rng=rng(), rounds=20) for k in (1.0, unit))
    assert other.strengths == pytest.approx(one.strengths, abs=1e-9)


def test_weighted_votes_are_as_uncertain_as_the_squares_of_their_weights_say(simulate):
    votes = simulate(np.linspace(-1, 1, 5), 5000, seed=3)
    weight = np.where(votes.a + votes.b > 3, 1.0, 0.1) * np.random.default_rng(1).choice([1.0, 5.0], 5000)
    counts = votes.weighted(weight).fold()
    lower, upper = percentiles(bootstrap(counts, rng=rng(), rounds=2000).strengths)
    assert (upper - lower) / 2 == pytest.approx(half_widths(sandwich(counts, fit(counts))), rel=0.1)


def test_votes_too_light_to_have_a_square_are_never_drawn():
    weight = [1.0] * 20 + [1e-200]
    votes = Comparisons([0] * 21, [1] * 21, outcome=[A, B] * 10 + [TIE], n_models=2, weight=weight)
    odds = np.exp(2 * bootstrap(votes.fold(), rng=rng(), rounds=50).strengths[:, 0])
    won = 20 * odds / (1 + odds)
    assert won == pytest.approx(won.round(), abs=1e-6)


def test_one_model_has_nothing_to_draw_and_no_maximum_is_refused():
    assert bootstrap(Comparisons([], [], outcome=[], n_models=1).fold(), rng=rng(), rounds=3).strengths.shape == (3, 1)
    with pytest.raises(NoFiniteMaximum):
        bootstrap(Comparisons([0], [1], outcome=[A], n_models=2).fold(), rng=rng())


def test_an_impossible_confidence_is_refused():
    with pytest.raises(BadConfidence):
        percentiles(np.zeros((3, 2)), confidence=0)


def test_a_ring_of_wins_has_a_finite_maximum_and_a_chain_has_none():
    ring = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]])
    assert has_finite_maximum(ring)
    assert not has_finite_maximum(np.triu(ring))
