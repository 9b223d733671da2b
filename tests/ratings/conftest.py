"""Simulated arenas: votes drawn from known strengths."""

from collections.abc import Callable

import numpy as np
import pytest

from ratings import Comparisons, Outcome
from ratings.bradley_terry import win_probabilities

Simulate = Callable[..., Comparisons]


@pytest.fixture(scope="session")
def simulate() -> Simulate:
    """Votes with an expected score of exactly the Bradley-Terry chance; 30 % are ties or both_bad at equal strength."""

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
