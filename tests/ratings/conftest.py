"""Simulated arenas, with votes drawn from known strengths, and real votes with their exact ratings."""

import csv
import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ratings import Comparisons, Outcome
from ratings.bradley_terry import win_probabilities

Simulate = Callable[..., Comparisons]


@pytest.fixture(scope="session")
def simulate() -> Simulate:
    """Votes with an expected score of exactly the Bradley-Terry chance; 30% are ties or both_bad at equal strength."""

    def draw(strengths, n_votes, *, seed, weights=False):
        rng = np.random.default_rng(seed)
        n = len(strengths)
        a = rng.integers(0, n, n_votes)
        b = (a + rng.integers(1, n, n_votes)) % n
        chance = win_probabilities(np.asarray(strengths, dtype=float))[a, b]
        tie = 0.6 * np.minimum(chance, 1 - chance)
        luck = rng.random(n_votes)
        undecided = rng.choice([Outcome.TIE, Outcome.BOTH_BAD], n_votes)
        decided = np.where(luck < tie + chance - tie / 2, Outcome.MODEL_A, Outcome.MODEL_B)
        weight = rng.random(n_votes) if weights else None
        return Comparisons(a, b, outcome=np.where(luck < tie, undecided, decided), n_models=n, weight=weight)

    return draw


@pytest.fixture(scope="module", params=["food", "llmfao"])
def golden_votes(request):
    """Real votes as comparisons, the names of their models in order, and their exact and peers' answers."""
    if "ARENA_EXTRA_DATA" not in os.environ:
        pytest.skip("ARENA_EXTRA_DATA is not set")
    folder = Path(os.environ["ARENA_EXTRA_DATA"])
    with (folder / f"{request.param}.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    answers = json.loads((folder / f"{request.param}.golden.json").read_text())
    names = sorted({row[side] for row in rows for side in ("model_a", "model_b")})
    a, b = ([names.index(row[side]) for row in rows] for side in ("model_a", "model_b"))
    outcome = [Outcome[row["winner"].upper()] for row in rows]
    return Comparisons(a, b, outcome=outcome, n_models=len(names)), names, answers
