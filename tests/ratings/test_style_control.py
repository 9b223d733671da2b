import numpy as np
import pytest

from benchmarks.style import accuracy
from ratings import Comparisons, Outcome, RatingsError, bradley_terry, intervals
from ratings.bradley_terry import NoFiniteMaximum
from ratings.errors import NotConverged
from ratings.intervals import BadConfidence, Method
from ratings.style_control import StyleNotIdentified, fit

EFFECTS = np.array([0.25, -0.1, 0.5])


def styled(strengths, n_votes, *, seed, effects=EFFECTS, side=0.0, weights=False):
    """Votes under the model itself, a third of them ties; each model has a style that goes with its strength.

    The effects are per root mean square of the features, which are standardised to have one of 1.
    """
    rng, strengths = np.random.default_rng(seed), np.asarray(strengths, dtype=float)
    a = rng.integers(0, len(strengths), n_votes)
    b = (a + rng.integers(1, len(strengths), n_votes)) % len(strengths)
    habit = 0.3 * strengths[:, None] + rng.normal(0, 0.5, (len(strengths), len(effects)))
    features = np.tanh(habit[a] - habit[b] + rng.normal(0, 0.5, (n_votes, len(effects))))
    features /= np.sqrt((features**2).mean(axis=0))
    chance = 1 / (1 + np.exp(-(strengths[a] - strengths[b] + features @ effects + side)))
    tie, luck = 0.6 * np.minimum(chance, 1 - chance), rng.random(n_votes)
    outcome = np.where(luck < tie, Outcome.TIE, np.where(luck < tie / 2 + chance, Outcome.MODEL_A, Outcome.MODEL_B))
    weight = rng.random(n_votes) if weights else None
    return Comparisons(a, b, outcome=outcome, n_models=len(strengths), features=features, weight=weight)


def rows_of(votes, *, position):
    scales = np.sqrt(np.average(votes.features**2, axis=0, weights=votes.weight))
    sides = np.eye(votes.n_models)
    return np.hstack([sides[votes.a] - sides[votes.b], votes.features / scales, np.ones((len(votes), int(position)))])


def twin(votes, *, ridge, position, method):
    """The same fit by Newton on the full matrix of the design, and its covariance by a walk over the votes."""
    rows, n = rows_of(votes, position=position), votes.n_models
    prior = np.diag([0.0] * n + [ridge] * (rows.shape[1] - n))
    parameters = np.zeros(rows.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-rows @ parameters))
        weight = votes.weight * chance * (1 - chance)
        bread = np.linalg.pinv(rows.T @ (rows * weight[:, None]) + prior, rcond=1e-12)
        parameters = parameters + bread @ (rows.T @ (votes.weight * (votes.score - chance)) - prior @ parameters)
    middle = prior.copy()
    for row, p, w, score in zip(rows, chance, votes.weight, votes.score, strict=True):
        leverage = w * p * (1 - p) * row @ bread @ row if method == Method.HC3 else 0.0
        doubt = min(1, 3 * leverage)
        freed = (1 - doubt) * ((score - p) / (1 - leverage)) ** 2 + doubt * p * (1 - p)
        middle += w**2 * freed * np.outer(row, row)
    return parameters, bread @ middle @ bread


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("position", [False, True])
@pytest.mark.parametrize("weights", [False, True])
def test_the_fit_equals_that_of_a_dense_slow_twin(method, position, weights):
    votes = styled([0, 0.5, -1, 1, 0.2], 300, seed=2, side=0.3, weights=weights)
    found = fit(votes, position=position, method=method)
    parameters, covariance = twin(votes, ridge=1.0, position=position, method=method)
    side = [found.position] if position else []
    assert [*found.strengths, *found.coefficients, *side] == pytest.approx(parameters, abs=1e-10)
    assert found.covariance == pytest.approx(covariance, abs=1e-8)


@pytest.mark.parametrize("seed", range(5, 10))
def test_where_single_votes_weigh_much_the_fit_equals_the_twin_too(seed):
    votes = styled([0, 0.5, -1], 14, seed=seed, effects=[0.25])
    found = fit(votes)
    parameters, covariance = twin(votes, ridge=1.0, position=False, method=Method.HC3)
    assert [*found.strengths, *found.coefficients] == pytest.approx(parameters, abs=1e-10)
    assert found.covariance == pytest.approx(covariance, abs=1e-8)


@pytest.mark.parametrize("ridge", [1e-3, 25.0])
def test_the_ridge_weighs_on_the_coefficients_alone_in_fit_and_covariance(ridge):
    votes = styled([0, 0.5, -1, 1], 300, seed=3)
    found = fit(votes, ridge=ridge)
    parameters, covariance = twin(votes, ridge=ridge, position=False, method=Method.HC3)
    assert [*found.strengths, *found.coefficients] == pytest.approx(parameters, abs=1e-10)
    assert found.covariance == pytest.approx(covariance, abs=1e-8)


@pytest.mark.parametrize("method", Method)
def test_without_features_it_is_bradley_terry_with_its_intervals(simulate, method):
    votes = simulate([0, 0.5, -1, 1, 0.2], 300, seed=1)
    found, counts = fit(votes, method=method), votes.fold()
    strengths = bradley_terry.fit(counts)
    assert found.strengths == pytest.approx(strengths, abs=1e-12)
    assert found.covariance == pytest.approx(intervals.covariance(counts, strengths, method=method), abs=1e-11)
    weighted = votes.weighted(np.random.default_rng(1).random(300))
    counts, found = weighted.fold(), fit(weighted, method=Method.SANDWICH)
    assert found.covariance == pytest.approx(intervals.sandwich(counts, bradley_terry.fit(counts)), abs=1e-11)


def test_a_bridge_of_one_vote_whose_residual_is_empty_is_as_uncertain_as_without_style():
    side = [(a, b, o) for a, b in [(0, 1), (1, 2), (2, 0)] for o in [0, 1] * 20]
    a, b, outcome = zip(*side, *[(a + 3, b + 3, o) for a, b, o in side], (0, 3, Outcome.TIE), strict=True)
    votes = Comparisons(a, b, outcome=outcome, n_models=6)
    expected = intervals.hc3(votes.fold(), bradley_terry.fit(votes.fold()))
    assert fit(votes).covariance == pytest.approx(expected, abs=1e-10)


def test_swapping_the_sides_of_any_votes_changes_nothing():
    votes = styled([0, 0.5, -1, 1, 0.2], 500, seed=4, side=0.5)
    swaps = np.random.default_rng(4).random(500) < 0.5
    turned = np.where(votes.outcome == Outcome.TIE, Outcome.TIE, 1 - votes.outcome)
    swapped = Comparisons(
        np.where(swaps, votes.b, votes.a),
        np.where(swaps, votes.a, votes.b),
        outcome=np.where(swaps, turned, votes.outcome),
        n_models=5,
        features=np.where(swaps[:, None], -votes.features, votes.features),
    )
    before, after = fit(votes), fit(swapped)
    assert after.strengths == pytest.approx(before.strengths, abs=1e-12)
    assert after.coefficients == pytest.approx(before.coefficients, abs=1e-12)
    assert after.covariance == pytest.approx(before.covariance, abs=1e-12)


def test_models_permute_and_units_cancel():
    votes, order = styled([0, 0.5, -1, 1, 0.2], 500, seed=5), np.array([3, 0, 4, 1, 2])
    place, units = np.argsort(order), np.array([1e200, 1e-200, 7.0])
    moved = Comparisons(
        place[votes.a], place[votes.b], outcome=votes.outcome, n_models=5, features=votes.features * units
    )
    before, after = fit(votes), fit(moved)
    assert after.strengths == pytest.approx(before.strengths[order], abs=1e-10)
    assert after.coefficients == pytest.approx(before.coefficients, abs=1e-10)
    assert after.scales == pytest.approx(before.scales * units)
    assert after.strength_half_widths() == pytest.approx(before.strength_half_widths()[order])


def test_a_vote_of_weight_2_moves_the_strengths_like_two_votes_and_one_of_weight_0_like_none():
    votes = styled([0, 0.5, -1, 1], 200, seed=6)
    weight = np.random.default_rng(6).integers(0, 3, 200)
    repeated = votes.among(np.repeat(np.arange(200), weight))
    found, expected = fit(votes.weighted(weight)), fit(repeated)
    assert found.strengths == pytest.approx(expected.strengths, abs=1e-10)
    assert found.coefficients == pytest.approx(expected.coefficients, abs=1e-10)
    assert found.scales == pytest.approx(expected.scales)
    silent = np.where(weight[:, None] == 0, votes.features, 1.0)
    with pytest.raises(StyleNotIdentified, match="the same in every vote"):
        fit(Comparisons(votes.a, votes.b, outcome=votes.outcome, n_models=4, weight=weight, features=silent))


def test_strengths_and_covariance_sum_to_zero_and_the_covariance_is_symmetric():
    found = fit(styled([0, 0.5, -1, 1], 300, seed=7), position=True)
    assert found.covariance.shape == (8, 8)
    assert found.strengths.sum() == pytest.approx(0, abs=1e-12)
    assert found.covariance[:4].sum(axis=0) == pytest.approx(0, abs=1e-12)
    assert np.array_equal(found.covariance, found.covariance.T)


def test_half_widths_are_of_the_parts_of_the_covariance():
    found = fit(styled([0, 0.5, -1, 1], 300, seed=7), position=True)
    widths = 1.959963985 * np.sqrt(found.covariance.diagonal())
    parts = [*found.strength_half_widths(), *found.coefficient_half_widths(), found.position_half_width()]
    assert parts == pytest.approx(widths)
    assert np.isnan(fit(styled([0, 1], 300, seed=7)).position_half_width())
    with pytest.raises(BadConfidence):
        found.coefficient_half_widths(confidence=1)


def test_the_advantage_of_a_side_is_found_apart_from_style():
    found = fit(styled([0, 0.5, -1, 1], 40_000, seed=8, side=0.4), position=True)
    assert found.position == pytest.approx(0.4, abs=0.05)
    assert found.coefficients == pytest.approx(EFFECTS, abs=0.05)
    assert found.position_half_width() == pytest.approx(0.02, rel=0.2)


def test_known_effects_of_style_are_not_shrunk_and_strengths_are_freed_from_them():
    truth = np.linspace(-1, 1, 10)
    fits = [fit(styled(truth, 2000, seed=seed)) for seed in range(60)]
    held = [np.abs(found.coefficients - EFFECTS) <= found.coefficient_half_widths() for found in fits]
    assert np.mean(held) >= 0.93
    assert np.mean([found.coefficients for found in fits], axis=0) == pytest.approx(EFFECTS, abs=0.02)
    assert np.mean([found.strengths for found in fits], axis=0) == pytest.approx(truth, abs=0.05)
    plain = [bradley_terry.fit(styled(truth, 2000, seed=seed).fold()) for seed in range(10)]
    assert np.abs(np.mean(plain, axis=0) - truth).max() > 0.2


def test_the_default_ridge_is_invisible_with_hundreds_of_votes():
    votes = styled([0, 0.5, -1, 1], 800, seed=9)
    found, free = fit(votes), fit(votes, ridge=0)
    assert np.abs(found.coefficients - free.coefficients).max() < 0.1 * found.coefficient_half_widths().min()
    assert np.abs(found.strengths - free.strengths).max() < 0.1 * found.strength_half_widths().min()


def test_a_ridge_times_the_number_of_votes_would_all_but_remove_style_control():
    votes = styled(np.linspace(-1, 1, 10), 4000, seed=9)
    assert np.abs(fit(votes, ridge=4000).coefficients / EFFECTS).max() < 1 / 4
    assert np.abs(fit(votes).coefficients / EFFECTS).min() > 3 / 4


@pytest.mark.parametrize("value", [0.0, 2.5])
def test_a_constant_feature_is_refused_by_its_number(value):
    votes = styled([0, 0.5, -1, 1], 200, seed=10)
    features = np.column_stack([votes.features, np.full(200, value)])
    constant = Comparisons(votes.a, votes.b, outcome=votes.outcome, n_models=4, features=features)
    with pytest.raises(StyleNotIdentified, match="feature 3 is the same in every vote") as refused:
        fit(constant)
    assert refused.value.feature == 3


@pytest.mark.parametrize("ridge", [0.0, 1.0])
def test_a_feature_made_of_models_or_of_other_features_is_refused_by_its_number(ridge):
    votes, size = styled([0, 0.5, -1, 1], 200, seed=11), np.array([1.3, 70.0, 7.0, 13.0])
    by_model = size[votes.a] - size[votes.b]
    for feature in (by_model, by_model + 2 * votes.features[:, 0]):
        features = np.column_stack([0.1 * votes.features[:, 0], feature])
        dependent = Comparisons(votes.a, votes.b, outcome=votes.outcome, n_models=4, features=features)
        with pytest.raises(StyleNotIdentified, match="differences of models") as refused:
            fit(dependent, ridge=ridge)
        assert refused.value.feature in ([1] if feature is by_model else [0, 1])


def test_a_side_that_always_holds_the_same_model_is_refused_as_the_side():
    votes = Comparisons([0] * 4, [1] * 4, outcome=[0, 0, 1, 2], n_models=2)
    with pytest.raises(StyleNotIdentified, match="the side is a sum") as refused:
        fit(votes, position=True)
    assert refused.value.feature is None


def test_votes_without_a_finite_maximum_are_refused_whatever_their_style():
    votes = Comparisons([0, 0, 1], [1, 1, 0], outcome=[0, 0, 1], n_models=2, features=[[1.0], [-0.5], [0.2]])
    with pytest.raises(NoFiniteMaximum):
        fit(votes)


def test_style_that_foretells_every_vote_has_a_finite_effect_only_under_the_prior():
    a, b = np.array([0, 1, 2, 1, 2, 0] * 5), np.array([1, 2, 0, 0, 1, 2] * 5)
    longer = np.random.default_rng(12).choice([-1.0, 1.0], 30) * np.linspace(0.5, 1, 30)
    longer[:6] = [1, 1, 1, 1, 1, 1]
    outcome = np.where(longer > 0, Outcome.MODEL_A, Outcome.MODEL_B)
    votes = Comparisons(a, b, outcome=outcome, n_models=3, features=longer[:, None])
    found = fit(votes)
    assert 1 < found.coefficients[0] < 3
    assert found.coefficients[0] == pytest.approx(twin(votes, ridge=1, position=0, method="")[0][3], abs=1e-8)
    assert fit(votes, ridge=1e-3).coefficients[0] > 5
    with pytest.raises(NotConverged):
        fit(votes, ridge=0)


def test_effects_so_strong_that_plain_newton_overshoots_are_found_at_a_slope_of_zero():
    votes = styled([-3, 0, 3], 1000, seed=22, effects=[10, -8])
    found, rows = fit(votes, ridge=0.01), rows_of(votes, position=False)
    parameters = np.append(found.strengths, found.coefficients)
    slope = rows.T @ (votes.score - 1 / (1 + np.exp(-rows @ parameters))) - [0, 0, 0, 0.01, 0.01] * parameters
    assert slope == pytest.approx(0, abs=1e-8)


def test_one_wild_feature_among_thousands_of_votes_does_not_throw_the_climb():
    votes = styled([0, 0.5, -1, 1], 2000, seed=13, effects=[0.25])
    features = votes.features * 1e-3
    features[0] = 1000
    found = fit(Comparisons(votes.a, votes.b, outcome=votes.outcome, n_models=4, features=features))
    wild = Comparisons(votes.a, votes.b, outcome=votes.outcome, n_models=4, features=features)
    expected, _ = twin(wild, ridge=1.0, position=False, method=Method.SANDWICH)
    assert [*found.strengths, *found.coefficients] == pytest.approx(expected, abs=1e-8)


def test_a_single_model_has_no_error_and_nothing_to_control_for():
    alone = fit(Comparisons([], [], outcome=[], n_models=1))
    assert (alone.strengths.tolist(), alone.covariance.tolist()) == ([0], [[0]])
    with pytest.raises(StyleNotIdentified):
        fit(Comparisons([], [], outcome=[], n_models=1), position=True)
    with pytest.raises(StyleNotIdentified):
        fit(Comparisons([], [], outcome=[], n_models=1, features=np.empty((0, 1))))


@pytest.mark.parametrize("ridge", [-1.0, float("nan"), float("inf")])
def test_a_ridge_that_is_no_precision_is_refused(ridge):
    with pytest.raises(RatingsError, match="ridge"):
        fit(Comparisons([0], [1], outcome=[2], n_models=2), ridge=ridge)


@pytest.mark.slow
def test_where_style_goes_with_strength_the_intervals_hold_and_the_error_is_halved():
    found = accuracy(120)
    assert 0.935 < found.strengths < 0.965
    assert 0.92 < found.coefficients < 0.975
    assert found.plain_strengths < 0.75
    assert found.points < 0.6 * found.plain_points
