"""Votes of our own and their exact answers, worked out in decimals by tests.ratings.golden.exact."""

import json

import numpy as np
import pytest

from ratings import Comparisons
from ratings.bradley_terry import fit
from ratings.elo import replay
from ratings.intervals import hc3, sandwich
from ratings.prior import NORMAL
from ratings.scale import to_points, width_in_points
from ratings.standings import standings
from ratings.ties import DAVIDSON, RAO_KUPPER
from ratings.ties import fit as fit_ties
from tests.ratings.golden import make

TOLERANCE = 1e-9  # points; the files hold the doubles nearest to the exact numbers
SPREADS_LEFT_OUT = 1e-5  # points, by those spreads that the votes leave hardly a chance
FITTED = [name for name in make.SETS if name != "newcomers"]


def read(name):
    return json.loads((make.FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def votes_of(golden):
    columns = {"outcome": golden["outcome"], "weight": golden.get("weight")}
    return Comparisons(golden["a"], golden["b"], n_models=golden["models"], **columns)


def variances(covariance):
    return width_in_points(width_in_points(covariance.diagonal()))


@pytest.fixture(params=FITTED)
def golden(request):
    return read(request.param)


def test_the_half_win_ratings_are_the_exact_maximum(golden):
    assert np.abs(to_points(fit(votes_of(golden).fold())) - golden["half_win"]).max() < TOLERANCE


def test_the_variances_are_the_exact_sandwich_and_the_exact_textbook_hc3(golden):
    counts = votes_of(golden).fold()
    strengths = fit(counts)
    assert variances(sandwich(counts, strengths)) == pytest.approx(golden["half_win_sandwich"], rel=1e-10)
    assert variances(hc3(counts, strengths, doubt=0)) == pytest.approx(golden["hc3"], rel=1e-10)


@pytest.mark.parametrize("model", [DAVIDSON, RAO_KUPPER], ids=lambda model: model.name)
def test_the_tie_models_are_at_their_exact_maximum(golden, model):
    found = fit_ties(votes_of(golden).fold(), model)
    assert np.abs(to_points(found.strengths) - golden[model.name]).max() < TOLERANCE
    assert found.tie == pytest.approx(golden[f"{model.name}_tie"], rel=1e-11)


@pytest.mark.parametrize("model", [DAVIDSON, RAO_KUPPER], ids=lambda model: model.name)
@pytest.mark.parametrize("name", FITTED)
def test_the_variances_of_the_tie_models_are_their_exact_sandwich(name, model):
    golden = read(name)
    found = fit_ties(votes_of(golden).fold(), model).covariance[:-1, :-1]
    assert variances(found) == pytest.approx(golden[f"{model.name}_sandwich"], rel=1e-10)


@pytest.mark.parametrize("name", make.SETS)
def test_ratings_under_the_prior_are_those_of_an_average_that_leaves_no_spread_out(name):
    golden = read(name)
    board = standings(votes_of(golden).fold(), prior=NORMAL)
    assert board.rating == pytest.approx(np.array(golden["shrunk"], dtype=float), abs=SPREADS_LEFT_OUT, nan_ok=True)


@pytest.mark.parametrize("name", make.SETS)
def test_online_elo_is_exact(name):
    golden = read(name)
    assert np.abs(replay(votes_of(golden), k=4) - golden["elo"]).max() < TOLERANCE


def test_the_board_knows_every_newcomer_for_what_it_was_made_and_rates_it_exactly():
    golden = read("newcomers")
    board = standings(votes_of(golden).fold())
    assert board.status == tuple(golden["status"])
    assert board.reason == tuple(golden["reason"])
    assert board.group.tolist() == golden["group"]
    exact = np.array(golden["rating"], dtype=float)
    assert board.rating == pytest.approx(exact, abs=TOLERANCE, nan_ok=True)


@pytest.mark.parametrize(
    "name", ["dense", "newcomers", *(pytest.param(name, marks=pytest.mark.slow) for name in FITTED[1:])]
)
def test_the_generator_still_writes_the_file_to_the_byte(name):
    assert make.text(name) == (make.FOLDER / f"{name}.json").read_text(encoding="utf-8")
