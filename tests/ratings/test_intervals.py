import numpy as np
import pytest

from ratings import Comparisons, Outcome, PairCounts
from ratings.bradley_terry import NoFiniteMaximum, fit, identified, information, inverse_information, win_probabilities
from ratings.intervals import (
    BadConfidence,
    Method,
    covariance,
    half_widths,
    hc3,
    leverages,
    normal_quantile,
    sandwich,
    spread,
)


def walk(votes, strengths, weigh):
    """The sandwich, vote by vote; weigh(residual, most, leverage) is a vote's share of the middle."""
    n = votes.n_models
    designs = np.zeros((len(votes), n))
    designs[np.arange(len(votes)), votes.a] = 1
    designs[np.arange(len(votes)), votes.b] = -1
    chance = 1 / (1 + np.exp(-designs @ strengths))
    bread = np.linalg.pinv(sum(p * (1 - p) * np.outer(d, d) for p, d in zip(chance, designs, strict=True)))
    middle = np.zeros((n, n))
    for design, p, outcome in zip(designs, chance, votes.outcome, strict=True):
        leverage = p * (1 - p) * design @ bread @ design
        middle += weigh([1, 0, 0.5, 0.5][outcome] - p, p * (1 - p), leverage) * np.outer(design, design)
    return bread @ middle @ bread


def leverages_of(counts):
    strengths = fit(counts)
    return leverages(counts, win_probabilities(strengths), inverse_information(counts, strengths))


@pytest.mark.parametrize("seed", range(3))
def test_the_covariances_equal_those_of_a_slow_walk_over_the_votes(simulate, seed):
    votes = simulate([0, 0.5, -1, 1, 0.2], 40, seed=seed)
    counts, strengths = votes.fold(), fit(votes.fold())

    def doubtful(residual, most, leverage):
        doubt = min(1, 3 * leverage)
        return (1 - doubt) * (residual / (1 - leverage)) ** 2 + doubt * most

    plain = walk(votes, strengths, lambda residual, most, leverage: residual**2)
    textbook = walk(votes, strengths, lambda residual, most, leverage: (residual / (1 - leverage)) ** 2)
    assert sandwich(counts, strengths) == pytest.approx(plain, abs=1e-11)
    assert hc3(counts, strengths, doubt=0) == pytest.approx(textbook, abs=1e-11)
    assert hc3(counts, strengths) == pytest.approx(walk(votes, strengths, doubtful), abs=1e-11)


def test_the_weight_of_all_votes_changes_no_interval_and_single_weights_count_squared(simulate):
    plain = simulate([0, 0.5, -1, 1], 200, seed=4)
    halved = plain.weighted(np.full(200, 0.5)).fold()
    for formula in (sandwich, hc3):
        assert formula(halved, fit(halved)) == pytest.approx(formula(plain.fold(), fit(plain.fold())), rel=1e-9)
    weights = np.random.default_rng(4).random(200)
    mixed = plain.weighted(weights)
    strengths, designs = fit(mixed.fold()), np.eye(4)[plain.a] - np.eye(4)[plain.b]
    chance = 1 / (1 + np.exp(-designs @ strengths))
    bread = np.linalg.pinv(designs.T @ (designs * (weights * chance * (1 - chance))[:, None]))
    middle = designs.T @ (designs * ((weights * (plain.score - chance)) ** 2)[:, None])
    assert sandwich(mixed.fold(), strengths) == pytest.approx(bread @ middle @ bread, abs=1e-11)


def test_two_models_have_the_variance_worked_out_by_hand():
    counts = Comparisons([0] * 4, [1] * 4, outcome=[0, 0, 0, 1], n_models=2).fold()
    # p = 3/4; the difference of the strengths varies by 1 / (4 p (1 - p)) = 4/3, each strength by a quarter of it.
    assert sandwich(counts, fit(counts)) == pytest.approx(np.array([[1, -1], [-1, 1]]) / 3)


def test_intervals_at_95_percent_hold_the_truth_in_95_percent_of_simulated_arenas(simulate):
    truth = np.linspace(-1.2, 1.2, 10)
    held = []
    for seed in range(250):
        counts = simulate(truth, 1000, seed=seed).fold()
        strengths = fit(counts)
        held.append(np.abs(strengths - truth) <= half_widths(sandwich(counts, strengths)))
    assert 0.93 < np.mean(held) < 0.97


def test_a_hundred_times_the_votes_give_a_tenth_of_the_width(simulate):
    counts = simulate([0, 1, 2], 200, seed=7).fold()
    more = PairCounts(counts.wins * 100, counts.ties * 100, both_bad=counts.both_bad * 100)
    wide, narrow = (half_widths(sandwich(c, fit(c))) for c in (counts, more))
    assert narrow == pytest.approx(wide / 10)


def test_the_covariance_is_symmetric_and_its_rows_sum_to_zero(simulate):
    counts = simulate([0, 1, 2, 3], 300, seed=2).fold()
    covariance = sandwich(counts, fit(counts))
    assert np.array_equal(covariance, covariance.T)
    assert covariance.sum(axis=1) == pytest.approx(0, abs=1e-12)


def test_the_normal_quantile_is_the_published_one_and_widths_scale_with_it():
    assert normal_quantile(0.95) == pytest.approx(1.959963985, abs=1e-9)
    assert half_widths(np.eye(2) * 4, confidence=0.99) == pytest.approx(2 * 2.575829304)


@pytest.mark.parametrize("confidence", [0.0, 1.0, -1.0, 95, float("nan")])
def test_a_confidence_outside_0_to_1_is_refused(confidence):
    with pytest.raises(BadConfidence):
        half_widths(np.eye(2), confidence=confidence)


def test_counts_without_a_finite_maximum_have_no_covariance():
    counts = Comparisons([0], [1], outcome=[Outcome.MODEL_A], n_models=2).fold()
    for formula in (sandwich, hc3):
        with pytest.raises(NoFiniteMaximum):
            formula(counts, np.zeros(2))


def test_one_model_alone_has_no_variance():
    for formula in (sandwich, hc3):
        assert formula(Comparisons([], [], outcome=[], n_models=1).fold(), np.zeros(1)).tolist() == [[0]]


def test_two_models_have_the_hc3_variance_worked_out_by_hand():
    counts = Comparisons([0] * 4, [1] * 4, outcome=[0, 0, 0, 1], n_models=2).fold()
    # Four votes: each has the leverage 1/4, and three quarters of it are not believed.
    by_hand = np.array([[1, -1], [-1, 1]]) / 3 * (0.25 * (4 / 3) ** 2 + 0.75)
    assert hc3(counts, fit(counts)) == pytest.approx(by_hand)
    assert covariance(counts, fit(counts)) == pytest.approx(by_hand)
    assert covariance(counts, fit(counts), method=Method.SANDWICH) == pytest.approx(sandwich(counts, fit(counts)))


def test_all_leverages_together_are_the_number_of_free_strengths(simulate):
    whole = simulate([0, 1, 2, 3], 60, seed=3).fold().among(np.arange(4))
    light = PairCounts(whole.wins / 100, whole.ties / 100, both_bad=whole.both_bad / 100)
    for counts, largest in ((whole, whole.battles), (light, np.ones((4, 4)))):
        leverage = leverages_of(counts)
        assert (np.triu(largest) * leverage).sum() == pytest.approx(3)
        assert np.array_equal(leverage, leverage.T)
    lonely = Comparisons([0, 0, 1, 1], [1, 1, 2, 2], outcome=[0, 1, 0, 1], n_models=3).fold()
    assert leverages_of(lonely) == pytest.approx(np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]) / 2)


@pytest.mark.parametrize("doubt", [0, 3])
def test_a_bridge_of_one_tie_or_of_half_a_vote_has_the_inverse_information_for_its_variance(doubt):
    side = [(a, b, o) for a, b in [(0, 1), (1, 2), (2, 0)] for o in [0, 1] * 50]
    votes = [*side, *[(a + 3, b + 3, o) for a, b, o in side], (0, 3, Outcome.TIE)]
    a, b, outcome = zip(*votes, strict=True)
    for weight in (1.0, 0.5):
        counts = Comparisons(a, b, outcome=outcome, weight=[1.0] * 600 + [weight], n_models=6).fold()
        strengths = fit(counts)
        assert leverages_of(counts)[0, 3] == pytest.approx(1)
        assert spread(hc3(counts, strengths, doubt=doubt))[0, 3] == pytest.approx(4)
        unknown = PairCounts(counts.wins, counts.ties, both_bad=counts.both_bad)  # half a vote, or half the certainty
        assert spread(hc3(unknown, strengths, doubt=doubt))[0, 3] == pytest.approx(4 / weight)
        assert spread(sandwich(counts, strengths))[0, 3] == pytest.approx(0)  # what it would look like


def test_with_three_votes_or_fewer_the_variance_is_the_inverse_information(simulate):
    old = simulate([0, 0.1, 0.2], 90_000, seed=1)
    votes = [*zip(old.a, old.b, old.outcome, strict=True), (3, 0, 2), (3, 1, 2), (3, 2, 0)]
    a, b, outcome = zip(*votes, strict=True)
    counts = Comparisons(a, b, outcome=outcome, n_models=4).fold()
    curvature = information(counts, fit(counts))
    inverse = np.linalg.inv(identified(curvature)).astype(float)
    found, expected = spread(hc3(counts, fit(counts)))[3, 0], spread(inverse)[3, 0]
    assert found == pytest.approx(expected, rel=1e-2)


@pytest.mark.parametrize("seed", range(5))
def test_hc3_permutes_with_the_models_is_symmetric_and_sums_to_zero(simulate, seed):
    counts = simulate(np.linspace(-1, 1, 6), 80, seed=seed).fold()
    order = np.random.default_rng(seed).permutation(6)
    found = hc3(counts, fit(counts))
    moved = counts.among(order)
    assert hc3(moved, fit(moved)) == pytest.approx(found[np.ix_(order, order)], abs=1e-10)
    assert np.array_equal(found, found.T)
    assert found.sum(axis=1) == pytest.approx(0, abs=1e-12)
    assert np.linalg.eigvalsh(found).min() > -1e-12


def newcomer_coverage(n_votes, *, strength, ties, n_sets):
    """How often hc3 and sandwich hold the truth about a newcomer that these votes alone can rate."""
    rng, truth = np.random.default_rng(n_votes), np.append(np.linspace(-1, 1, 8), strength)
    a = rng.integers(0, 8, 2000)
    a, b = np.append(a, np.full(n_votes, 8)), (a + rng.integers(1, 8, 2000)) % 8
    to_mean, held = np.append(np.full(8, -1 / 8), 1), []
    for _ in range(n_sets):
        rivals = np.append(b, rng.integers(0, 8, n_votes))
        chance, luck = win_probabilities(truth)[a, rivals], rng.random(len(a))
        tie = 2 * ties * np.minimum(chance, 1 - chance)
        outcome = np.where(luck < tie, 2, np.where(luck < tie / 2 + chance, 0, 1))
        counts = Comparisons(a, rivals, outcome=outcome, n_models=9).fold()
        if 0 < counts.win_rate[8] < 1:
            strengths = fit(counts)
            errors = [np.sqrt(to_mean @ formula(counts, strengths) @ to_mean) for formula in (hc3, sandwich)]
            held.append(np.abs(to_mean @ (strengths - truth)) <= 1.96 * np.array(errors))
    return np.mean(held, axis=0)


def test_intervals_of_newcomers_with_2_to_10_votes_are_honest_where_the_plain_ones_are_not():
    held = np.array([newcomer_coverage(n, strength=0.4, ties=0.6, n_sets=60) for n in range(2, 11)])
    assert held[:, 0].min() >= 0.93
    assert held[:, 1].min() < 0.85


@pytest.mark.slow
@pytest.mark.parametrize("n_votes", [2, 3, 4, 5, 7, 10])
@pytest.mark.parametrize("ties", [0.0, 0.3, 0.9])
def test_intervals_of_newcomers_are_honest_whatever_the_share_of_ties(n_votes, ties):
    for strength in (0.0, 0.8, 1.6):
        assert newcomer_coverage(n_votes, strength=strength, ties=ties, n_sets=300)[0] >= 0.93


@pytest.mark.slow
@pytest.mark.parametrize("n_votes", [300, 1000, 5000])
def test_hc3_holds_the_truth_in_95_percent_of_simulated_arenas(simulate, n_votes):
    truth, held = np.linspace(-1.2, 1.2, 10), []
    for seed in range(300):
        counts = simulate(truth, n_votes, seed=seed).fold()
        strengths = fit(counts)
        held.append(np.abs(strengths - truth) <= half_widths(hc3(counts, strengths)))
    assert 0.94 < np.mean(held) < 0.975
