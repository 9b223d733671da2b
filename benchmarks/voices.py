"""What weights by voter are worth, and what one person who games the board then moves.

    python -m benchmarks.voices [ARENAS]

In arenas of people who differ, the error of the ratings with all votes equal, with the weights of ratings.voices, and
with a cap of 50 votes on top, in points; and how far one more voter moves a model of the middle, who casts a twentieth
of the votes, always for it.
"""

import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from scipy.special import expit

from benchmarks.people import Arena, People, draw
from ratings import Comparisons, Outcome
from ratings.arrays import FloatArray, IntArray
from ratings.bradley_terry import fit
from ratings.scale import POINTS_PER_LOG_ODD
from ratings.voices import voices

DESIGNS = (
    People(models=20, voters=1000, votes=20_000, taste=0.6, tail="pareto"),
    People(models=20, voters=100, votes=5000, taste=0.6, tail="lognormal"),
    People(models=20, voters=1000, votes=20_000, taste=0.0, tail="pareto"),
    People(models=6, voters=10, votes=400, taste=0.6, tail="lognormal"),
)
#: None: all votes equal.
CAPS = (None, np.inf, 50.0)


def main() -> None:
    arenas = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    for number, design in enumerate(DESIGNS):
        rngs = np.random.default_rng(number).spawn(arenas)
        found = np.array([_one(draw(design, rng), rng) for rng in rngs])
        errors = POINTS_PER_LOG_ODD * np.sqrt(np.mean(found[:, : len(CAPS)] ** 2, axis=0))
        moves = POINTS_PER_LOG_ODD * found[:, len(CAPS) : -1].mean(axis=0)
        print(
            f"{design}: taste found {found[:, -1].mean():.2f}; error {' -> '.join(f'{e:.1f}' for e in errors)} points; "
            f"one who games it moves {' -> '.join(f'{move:+.1f}' for move in moves)}",
            flush=True,
        )


def _one(arena: Arena, rng: np.random.Generator) -> tuple[float, ...]:
    """Return the errors (root mean square) by each of CAPS, then the moves of the target, and the taste found."""
    target = int(np.argsort(-arena.truth)[len(arena.truth) // 2])
    gamed, voters = _gamed(arena, target, rng)
    errors, moves = [], []
    for cap in CAPS:
        honest, turned = _strengths(arena.votes, arena.voter, cap), _strengths(gamed, voters, cap)
        errors.append(float(np.sqrt(np.mean((honest - arena.truth) ** 2))))
        moves.append(float((turned - honest)[target]))
    return *errors, *moves, voices(arena.votes, voter=arena.voter).taste


def _strengths(votes: Comparisons, voter: IntArray, cap: float | None) -> FloatArray:
    if cap is None:
        return fit(votes.fold())
    return fit(votes.weighted(votes.weight * voices(votes, voter=voter, cap=cap).weights).fold())


def _gamed(arena: Arena, target: int, rng: np.random.Generator) -> tuple[Comparisons, IntArray]:
    """Return the votes with those of one voter more, who votes for the target whenever it is dealt."""
    n, more = len(arena.truth), len(arena.votes) // 20
    a = rng.integers(0, n, more)
    b = (a + rng.integers(1, n, more)) % n
    chance = np.select([a == target, b == target], [1.0, 0.0], expit(arena.truth[a] - arena.truth[b]))
    outcome = np.where(rng.random(more) < chance, Outcome.MODEL_A, Outcome.MODEL_B)
    columns = [(arena.votes.a, a), (arena.votes.b, b), (arena.votes.outcome, outcome)]
    sides = [np.concatenate(column) for column in columns]
    votes = Comparisons(sides[0], sides[1], outcome=sides[2], n_models=n)
    return votes, np.concatenate([arena.voter, np.full(more, arena.voter.max() + 1)])


if __name__ == "__main__":
    main()
