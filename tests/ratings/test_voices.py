"""Weights by which nobody's votes together say more than they know of others."""

import numpy as np
import pytest

from benchmarks.people import People, draw
from ratings.bradley_terry import fit
from ratings.comparisons import Comparisons, Outcome
from ratings.voices import voices


def error(arena, votes):
    return float(np.sqrt(np.mean((fit(votes.fold()) - arena.truth) ** 2)))


def test_where_few_cast_most_votes_the_ratings_err_less():
    design = People(models=12, voters=400, votes=6000, taste=0.6, tail="pareto")
    arenas = [draw(design, np.random.default_rng(seed)) for seed in range(6)]
    found = [voices(arena.votes, voter=arena.voter) for arena in arenas]
    even = [arena.votes.weighted(each.weights) for arena, each in zip(arenas, found, strict=True)]
    pairs = list(zip(arenas, even, strict=True))
    assert np.mean([error(arena, votes) for arena, votes in pairs]) < 0.8 * np.mean([error(a, a.votes) for a in arenas])
    assert np.mean([each.taste for each in found]) == pytest.approx(0.45, abs=0.1)


def test_one_weight_for_each_voter_falls_as_votes_come_and_never_passes_half_or_the_cap():
    arena = draw(People(models=5, voters=8, votes=900, taste=0.7, tail="lognormal"), np.random.default_rng(1))
    plain, capped = voices(arena.votes, voter=arena.voter), voices(arena.votes, voter=arena.voter, cap=10)
    cast = np.bincount(arena.voter, minlength=8)
    weights = np.array([plain.weights[arena.voter == voter].mean() for voter in range(8)])
    assert np.allclose(weights, 1 / (1 + cast / plain.half))
    assert (np.diff(weights[np.argsort(cast, kind="stable")]) <= 0).all()
    assert (np.bincount(arena.voter, plain.weights) < plain.half).all()
    assert (np.bincount(arena.voter, capped.weights) <= 10 + 1e-9).all()


def test_voters_of_one_taste_all_weigh_the_same():
    votes = Comparisons([0, 1] * 40, [1, 0] * 40, outcome=[Outcome.MODEL_A] * 80, n_models=2)
    found = voices(votes, voter=np.arange(80) // 2 % 4)
    assert (found.taste, found.half) == (0.0, np.inf)
    assert (found.weights == 1).all()


def test_without_votes_there_are_no_weights():
    assert voices(Comparisons([], [], outcome=[], n_models=3), voter=np.array([], dtype=int)).weights.shape == (0,)
