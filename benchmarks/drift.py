"""How often a changed model is marked, and one that did not change: `python -m benchmarks.drift [ARENAS]`."""

import sys
from dataclasses import dataclass

import numpy as np

from ratings import Comparisons
from ratings.arrays import IntArray
from ratings.bradley_terry import fit, has_finite_maximum
from ratings.drift import changes, marked
from ratings.scale import POINTS_PER_LOG_ODD

ARENAS, MODELS, VOTES = 300, 6, 1500
SPREAD = 0.5  # standard deviation of the true strengths, in log-odds


@dataclass(frozen=True)
class Changing:
    """An arena whose first model is stronger by `change` points after the share `at` of the votes.

    voters: 0 for another one in each vote; taste: standard deviation of what one person adds to a model, in log-odds;
    session: votes in a row.
    """

    change: float = 0.0
    at: float = 0.5
    voters: int = 0
    taste: float = 0.6
    session: int = 1

    def __str__(self) -> str:
        people = f"{self.voters} voters of taste {self.taste}, sessions of {self.session}" if self.voters else "apart"
        return f"{self.change:g} points at {self.at:.0%}, {people}"


DESIGNS = (
    Changing(),
    Changing(voters=12),
    Changing(voters=12, session=20),
    Changing(voters=100, session=10),
    Changing(80),
    Changing(150),
    Changing(150, at=0.8),
    Changing(150, voters=12),
    Changing(150, voters=100, session=10),
    Changing(250, voters=100, session=10),
)


def draw(design: Changing, rng: np.random.Generator) -> tuple[Comparisons, IntArray | None]:
    """Return the votes in their order, and who cast them."""
    a = rng.integers(0, MODELS, VOTES)
    b = (a + rng.integers(1, MODELS, VOTES)) % MODELS
    strengths = np.tile(rng.normal(0, SPREAD, MODELS), (VOTES, 1))
    strengths[int(design.at * VOTES) :, 0] += design.change / POINTS_PER_LOG_ODD
    voter = None
    if design.voters:
        voter = np.repeat(rng.integers(0, design.voters, VOTES // design.session + 1), design.session)[:VOTES]
        strengths += rng.normal(0, design.taste, (design.voters, MODELS))[voter]
    rows = np.arange(VOTES)
    won = rng.random(VOTES) < 1 / (1 + np.exp(strengths[rows, b] - strengths[rows, a]))
    return Comparisons(a, b, outcome=np.where(won, 0, 1), n_models=MODELS), voter


def main() -> None:
    arenas = int(sys.argv[1]) if len(sys.argv) > 1 else ARENAS
    print(f"{MODELS} models, {VOTES:,} votes, {arenas} arenas a row; the first model changes")
    for design in DESIGNS:
        first, others, points = [], [], []
        for child in np.random.SeedSequence(1).spawn(arenas):
            votes, voter = draw(design, np.random.default_rng(child))
            if not has_finite_maximum(votes.fold().score):
                continue
            found = changes(votes, fit(votes.fold()), voter=voter)
            marks = marked(found)
            first.append(marks[0])
            others.append(any(marks[1:]))
            points += [found[0].points] if found[0] and marks[0] else []
        size = f"  by {np.mean(points):4.0f} points" if points else ""
        print(f"  {design!s:60} marked {np.mean(first):.3f}  any other {np.mean(others):.3f}{size}", flush=True)


if __name__ == "__main__":
    main()
