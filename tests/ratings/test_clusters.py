import numpy as np
import pytest

from ratings import Comparisons, RatingsError, leaderboard
from ratings.bradley_terry import NoFiniteMaximum, fit, inverse_information
from ratings.clusters import covariance, effective, errors, layers, rows_of
from ratings.contrasts import Contrasts, Layer
from ratings.errors import LengthMismatch
from ratings.intervals import hc3, spread
from ratings.ranking import significantly_better
from ratings.style_control import fit as fit_style


def jackknife(votes, strengths, cluster):
    """Slowly: leave each cluster out, go one Newton step towards the fit of the rest, square the steps."""
    designs = np.eye(votes.n_models)[votes.a] - np.eye(votes.n_models)[votes.b]
    chance = 1 / (1 + np.exp(-designs @ strengths))
    information = designs.T @ (designs * (votes.weight * chance * (1 - chance))[:, None])
    total, clusters = np.zeros_like(information), np.unique(cluster)
    for one in clusters:
        x, mine = designs[cluster == one], cluster == one
        left = information - x.T @ (x * (votes.weight * chance * (1 - chance))[mine][:, None])
        step = np.linalg.pinv(left, rcond=1e-10) @ (x.T @ (votes.weight * (votes.score - chance))[mine])
        total = total + np.outer(step, step)
    return total * (len(clusters) - 1) / len(clusters)


def layer_of(votes, strengths, *ways):
    bread = inverse_information(votes.fold(), strengths)
    return layers(rows_of(votes, strengths), bread, ways=ways)[-1].covariance


def people(rng, n_models, *, voters, votes, taste, prompts=0, topic=0.0):
    """An arena whose voters have tastes, and whose prompts suit some models, with the voter and prompt of each vote."""
    voter, prompt = rng.integers(0, voters, votes), rng.integers(0, max(prompts, 1), votes)
    tastes, topics = rng.normal(0, taste, (voters, n_models)), rng.normal(0, topic, (max(prompts, 1), n_models))
    a = rng.integers(0, n_models, votes)
    b = (a + rng.integers(1, n_models, votes)) % n_models
    gap = tastes[voter, a] - tastes[voter, b] + topics[prompt, a] - topics[prompt, b]
    won = rng.random(votes) < 1 / (1 + np.exp(-gap))
    return Comparisons(a, b, outcome=np.where(won, 0, 1), n_models=n_models), voter, prompt


@pytest.mark.parametrize("weights", [False, True])
def test_it_equals_a_slow_jackknife_over_the_voters(simulate, weights):
    votes = simulate([0, 0.5, -1, 1, 0.2], 120, seed=2, weights=weights)
    strengths, voter = fit(votes.fold()), np.random.default_rng(0).integers(0, 9, 120)
    assert layer_of(votes, strengths, voter) == pytest.approx(jackknife(votes, strengths, voter), rel=1e-9)


def test_busy_and_rare_voters_of_many_models_are_freed_as_by_the_slow_jackknife():
    rng = np.random.default_rng(9)
    voter = np.append(rng.choice(500, 21_000, p=rng.dirichlet(np.full(500, 0.5))), [*range(500, 700), *[700] * 400])
    a = rng.integers(0, 24, len(voter))
    b = (a + rng.integers(1, 24, len(voter))) % 24
    a[voter == 700], b[voter == 700] = rng.integers(0, 2, 400), 24  # nobody else ever saw the last one
    votes = Comparisons(a, b, outcome=rng.integers(0, 3, len(voter)), n_models=25)
    strengths = fit(votes.fold())
    slow = np.sqrt(spread(jackknife(votes, strengths, voter)))[:24, :24]
    assert np.sqrt(spread(layer_of(votes, strengths, voter)))[:24, :24] == pytest.approx(slow, abs=4e-7)
    inner, rows = votes.between(np.arange(24))
    few = voter[rows] < 60
    votes, voter = inner.among(few), voter[rows][few]
    slow = jackknife(votes, strengths := fit(votes.fold()), voter)
    assert layer_of(votes, strengths, voter) == pytest.approx(slow, rel=1e-8, abs=1e-13)


@pytest.mark.parametrize("each", [2, 3, 8])
def test_each_of_few_voters_per_model_is_freed_as_by_the_slow_jackknife(each):
    rng, n_models = np.random.default_rng(each), 50
    a = np.tile(np.arange(n_models), 3 * each)
    b = (a + rng.integers(1, n_models, len(a))) % n_models
    voter, weight = np.repeat(np.arange(len(a) // each), each), np.repeat(rng.uniform(0.1, 8, len(a) // each), each)
    votes = Comparisons(a, b, outcome=rng.integers(0, 2, len(a)), n_models=n_models, weight=weight)
    strengths = fit(votes.fold())
    assert layer_of(votes, strengths, voter) == pytest.approx(jackknife(votes, strengths, voter), rel=1e-8, abs=1e-12)
    found = errors(votes, strengths, voter=voter).layers[1].freedom
    assert found.diagonal() + 0.5 == pytest.approx(effective(rows_of(votes, strengths), cluster=voter))


def test_what_two_votes_of_one_voter_alone_know_stays_finite(simulate):
    votes = simulate(np.zeros(40), 4000, seed=8)
    a, b = np.append(votes.a, [40, 40]), np.append(votes.b, [0, 0])
    votes = Comparisons(a, b, outcome=np.append(votes.outcome, [0, 1]), n_models=41)
    strengths, voter = fit(votes.fold()), np.append(np.arange(4000) // 2, [2000, 2000])
    found = np.sqrt(layer_of(votes, strengths, voter).diagonal())
    assert (found[:40] < 0.5).all()
    assert 0.0 <= found[40] < 2.0


def test_a_voter_with_most_of_the_votes_is_freed_from_them_direction_by_direction(simulate):
    votes = simulate([0, 0.5, -1, 1], 150, seed=4)
    strengths, voter = fit(votes.fold()), np.append(np.zeros(110, int), np.arange(1, 41))
    assert layer_of(votes, strengths, voter) == pytest.approx(jackknife(votes, strengths, voter), rel=1e-9)


def test_what_only_one_voter_knows_stays_finite(simulate):
    votes = simulate([0, 0.5, 1], 90, seed=5)
    strengths = fit(votes.fold())
    voter = np.where((votes.a == 2) | (votes.b == 2), 0, np.arange(90))  # nobody else ever saw the third model
    found = covariance(votes, strengths, voter=voter)
    assert np.isfinite(found).all()
    assert (spread(found) >= spread(hc3(votes.fold(), strengths)) - 1e-12).all()


def test_with_each_vote_from_another_voter_the_intervals_are_those_of_independent_votes(simulate):
    votes = simulate([0, 0.5, 1], 300, seed=1, weights=True)
    strengths, counts = fit(votes.fold()), votes.fold()
    by_vote = layer_of(votes, strengths, np.arange(300)) * 300 / 299
    slow = jackknife(votes, strengths, np.arange(300)) * 300 / 299
    assert by_vote == pytest.approx(slow, rel=1e-9)
    widest = covariance(votes, strengths, voter=np.arange(300))
    assert np.sqrt(widest.diagonal() / hc3(counts, strengths).diagonal()) == pytest.approx(np.ones(3), abs=0.02)


def test_by_voter_and_by_prompt_is_the_sum_of_both_without_what_they_share():
    votes, voter, prompt = people(np.random.default_rng(3), 5, voters=12, votes=900, taste=0.5, prompts=20, topic=0.5)
    strengths = fit(votes.fold())
    slow = [jackknife(votes, strengths, column) for column in (voter, prompt, voter * 20 + prompt)]
    assert layer_of(votes, strengths, voter, prompt) == pytest.approx(slow[0] + slow[1] - slow[2], rel=1e-9)


def test_no_difference_is_more_certain_than_by_any_one_way_and_the_covariance_is_positive():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        votes, voter, prompt = people(rng, 6, voters=7, votes=400, taste=0.6, prompts=9, topic=0.4)
        strengths = fit(votes.fold())
        found = errors(votes, strengths, voter=voter, prompt=prompt)
        assert len(found.layers) == 4
        assert np.linalg.eigvalsh(found.covariance)[0] > -1e-12
        for layer in found.layers:
            assert (spread(found.covariance) >= spread(layer.covariance) - 1e-12).all()


def test_every_vote_cast_five_times_by_its_voter_leaves_the_intervals_as_wide(simulate):
    once = simulate([0, 0.5, 1], 300, seed=3)
    rows, voter = np.repeat(np.arange(300), 5), np.arange(300)
    wide = layer_of(once, fit(once.fold()), voter)
    five = once.among(rows)
    assert layer_of(five, fit(five.fold()), voter[rows]) == pytest.approx(wide)
    assert hc3(five.fold(), fit(five.fold())).diagonal() == pytest.approx(wide.diagonal() / 5, rel=0.03)


def test_twelve_people_with_tastes_are_covered_where_single_votes_are_not():
    held = []
    for seed in range(150):
        votes, voter, _ = people(np.random.default_rng(seed), 6, voters=12, votes=1200, taste=0.6)
        strengths = fit(votes.fold())  # the population finds all models equal
        found = errors(votes, strengths, voter=voter)
        alone = Contrasts((Layer(hc3(votes.fold(), strengths)),))
        held.append([np.abs(strengths) <= some.half_widths() for some in (found, alone)])
    by_voter, by_vote = np.mean(held, axis=(0, 2))
    assert 0.93 < by_voter < 0.98
    assert by_vote < 0.75


def test_fewer_people_leave_fewer_degrees_of_freedom_and_a_wide_interval(simulate):
    votes = simulate([0, 0.5, 1], 400, seed=6)
    strengths, rows = fit(votes.fold()), rows_of(votes, fit(votes.fold()))
    half_by_one = np.where(np.arange(400) < 200, 0, np.arange(400))
    assert effective(rows, cluster=np.arange(400)) == pytest.approx(np.full(3, 400 * 2 / 3), rel=0.1)
    assert (effective(rows, cluster=half_by_one) < 4.5).all()
    few, many = (errors(votes, strengths, voter=voter) for voter in (np.arange(400) % 3, np.arange(400) % 100))
    assert few.layers[1].freedom == pytest.approx(np.full((3, 3), 2.5), abs=0.1)
    assert (many.layers[1].freedom > 60).all()


def test_a_lead_that_two_people_gave_who_differ_is_no_certain_one():
    votes = Comparisons([0] * 100, [1] * 100, outcome=[0] * 80 + [1] * 20, n_models=2)
    voter = np.isin(np.arange(100), np.append(np.arange(30), np.arange(80, 99))).astype(int)  # 30:19 and 50:1
    strengths = fit(votes.fold())
    assert significantly_better(strengths, errors(votes, strengths)).any()
    assert not significantly_better(strengths, errors(votes, strengths, voter=voter)).any()


def test_style_control_allows_for_likeness_within_a_voter_too():
    rng = np.random.default_rng(7)
    votes, voter, _ = people(rng, 4, voters=10, votes=800, taste=0.8)
    styled = Comparisons(
        votes.a, votes.b, outcome=votes.outcome, n_models=4, features=rng.normal(size=(800, 1)), weight=np.ones(800)
    )
    plain, by_voter = fit_style(styled), fit_style(styled, ways=(voter, None))
    assert by_voter.strengths.tolist() == plain.strengths.tolist()
    assert (by_voter.strength_half_widths() > 1.3 * plain.strength_half_widths()).all()
    assert by_voter.coefficient_half_widths()[0] >= plain.coefficient_half_widths()[0]


def test_a_board_by_voter_and_prompt_is_wider_than_by_either():
    votes, voter, prompt = people(np.random.default_rng(8), 5, voters=12, votes=1500, taste=0.5, prompts=15, topic=0.7)
    columns = votes.a, votes.b, votes.outcome
    widths = [
        np.array([row.upper - row.lower for row in leaderboard(*columns, voter=who, prompt=what)])
        for who, what in ((None, None), (voter, None), (None, prompt), (voter, prompt))
    ]
    assert (widths[1] > widths[0]).all()
    assert (widths[2] > widths[0]).all()
    assert (widths[3] >= np.maximum(widths[1], widths[2])).all()


def test_excluded_votes_make_no_voter_and_a_single_voter_is_refused(simulate):
    votes = simulate([0, 1], 50, seed=6)
    weighted = votes.weighted(np.append(np.ones(49), 0.0))
    with pytest.raises(RatingsError, match="one voter"):
        covariance(weighted, fit(weighted.fold()), voter=np.append(np.zeros(49, int), 1))
    with pytest.raises(RatingsError, match="one prompt"):
        leaderboard(votes.a, votes.b, votes.outcome, prompt=np.zeros(50, int))


def test_columns_that_do_not_fit_and_counts_without_maximum_are_refused(simulate):
    votes = simulate([0, 1], 50, seed=6)
    for wrong in (np.zeros(3, int), np.zeros((50, 2), int)):
        with pytest.raises(LengthMismatch):
            covariance(votes, np.zeros(2), voter=wrong)
    with pytest.raises(RatingsError, match="whole numbers"):
        covariance(votes, np.zeros(2), voter=np.full(50, np.nan))
    with pytest.raises(NoFiniteMaximum):
        covariance(votes.among(np.flatnonzero(votes.outcome == 0)[:2]), np.zeros(2), voter=np.arange(2))
