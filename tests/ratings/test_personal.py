import csv
import os
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from ratings import Comparisons, RatingsError, bradley_terry
from ratings.encoding import encode
from ratings.personal import TASTE_SD, fit

CROWD = np.array([1.0, 0.2, -0.4, -0.8])


def test_without_votes_a_voter_is_one_of_the_crowd():
    assert fit(Comparisons([], [], outcome=[], n_models=4).fold(), CROWD).tolist() == CROWD.tolist()
    assert fit(Comparisons([], [], outcome=[], n_models=0).fold(), np.zeros(0)).shape == (0,)


def test_a_slow_optimiser_finds_the_same_strengths(simulate):
    counts = simulate([0, 1, 0, -1], 40, seed=1).fold()

    def loss(s):
        return -(counts.score * log_expit(s[:, None] - s)).sum() + ((s - CROWD) ** 2).sum() / (2 * TASTE_SD**2)

    assert fit(counts, CROWD) == pytest.approx(minimize(loss, CROWD, options={"gtol": 1e-8}).x, abs=1e-6)


def test_one_vote_moves_its_two_models_apart_and_thousands_outweigh_the_crowd():
    def gap(votes):
        strengths = fit(Comparisons([3] * votes, [0] * votes, outcome=[0] * votes, n_models=4).fold(), CROWD)
        assert strengths[1:3].tolist() == pytest.approx(CROWD[1:3].tolist())
        return strengths[3] - strengths[0]

    gaps = [gap(votes) for votes in (0, 1, 5, 50, 5000)]
    assert gaps == sorted(gaps)
    assert gaps[0] == pytest.approx(-1.8)
    assert gaps[-1] > 1


def test_a_crowd_of_another_size_or_without_end_is_refused():
    counts = Comparisons([0], [1], outcome=[0], n_models=2).fold()
    for crowd in (CROWD, np.array([0.0, np.inf])):
        with pytest.raises(RatingsError, match="2 finite numbers"):
            fit(counts, crowd)
    with pytest.raises(RatingsError, match="taste_sd"):
        fit(counts, CROWD[:2], taste_sd=0)


def test_it_foretells_the_votes_of_real_people_on_new_prompts_better_than_the_crowd_does():
    if "ARENA_EXTRA_DATA" not in os.environ:
        pytest.skip("ARENA_EXTRA_DATA is not set")
    with (Path(os.environ["ARENA_EXTRA_DATA"]) / "llmfao.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    votes = encode(*([row[name] for row in rows] for name in ("model_a", "model_b", "winner"))).votes
    prompt, voter = (np.array([int(row[name]) for row in rows]) for name in ("prompt", "judge"))
    fold = np.random.default_rng(0).permutation(prompt.max() + 1)[prompt] % 5
    losses = {"crowd": [], "own": []}
    for part in range(5):
        crowd = bradley_terry.fit(votes.among(fold != part).fold())
        for one in np.unique(voter[fold == part]):
            held = votes.among((fold == part) & (voter == one))
            own = fit(votes.among((fold != part) & (voter == one)).fold(), crowd)
            losses["crowd"].append(loss_of(crowd, held))
            losses["own"].append(loss_of(own, held))
    assert np.concatenate(losses["own"]).mean() < np.concatenate(losses["crowd"]).mean() - 0.012


def loss_of(strengths, votes):
    """In nats for each vote, a tie half for each side."""
    chance = expit(strengths[votes.a] - strengths[votes.b])
    return -(votes.score * np.log(chance) + (1 - votes.score) * np.log(1 - chance))
