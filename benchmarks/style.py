"""The time, memory and interval coverage of style control: `python -m benchmarks.style [SETS]`.

Speed: 300 models, a million votes and four features, from arrays to strengths with their errors. Memory: the peak
above the votes themselves. Coverage: how often 95% intervals hold the true strengths and
the true effects of style, over SETS simulated arenas of 20 models and 5000 votes whose style goes with strength; and
how far the strengths are from the truth, next to those of plain Bradley-Terry.
"""

import sys
import time
import tracemalloc
from dataclasses import dataclass

import numpy as np

from benchmarks.votes import WORTH, simulate
from ratings import Comparisons, bradley_terry
from ratings.arrays import BoolArray, FloatArray
from ratings.intervals import Method, half_widths, hc3
from ratings.prior import NORMAL, Prior
from ratings.scale import width_in_points
from ratings.style_control import fit

LARGE = 300, 1_000_000
SMALL = 20, 5000
REPEATS = 5
SETS = 200


@dataclass(frozen=True)
class Accuracy:
    """The coverage in [0, 1] with its standard error between arenas, and root mean square errors in points."""

    strengths: float
    strengths_error: float
    coefficients: float
    coefficients_error: float
    plain_strengths: float
    points: float
    plain_points: float


def arena(n_models: int, n_votes: int, *, seed: int) -> tuple[Comparisons, FloatArray]:
    """Return votes, and the true strengths (n,) behind them; the true effects of style are WORTH."""
    drawn = simulate(n_models, n_votes, seed=seed)
    votes = Comparisons(drawn.a, drawn.b, outcome=drawn.outcome, n_models=n_models, features=drawn.features)
    return votes, drawn.strengths


def accuracy(sets: int, *, method: Method = Method.HC3, prior: Prior | None = None) -> Accuracy:
    """Return the accuracy over so many simulated arenas. prior: of the strengths at equal style."""
    held, plain_held, errors, plain_errors, effects_held = [], [], [], [], []
    for seed in range(sets):
        votes, truth = arena(*SMALL, seed=seed)
        fitted, counts = fit(votes, method=method, prior=prior), votes.fold()
        plain = bradley_terry.fit(counts)
        errors.append(fitted.strengths - truth)
        plain_errors.append(plain - truth)
        held.append(np.abs(errors[-1]) <= fitted.strength_half_widths())
        plain_held.append(np.abs(plain_errors[-1]) <= half_widths(hc3(counts, plain)))
        effects_held.append(np.abs(fitted.coefficients - WORTH) <= fitted.coefficient_half_widths())
    return Accuracy(
        *_mean_and_error(held),
        *_mean_and_error(effects_held),
        float(np.mean(plain_held)),
        _points(errors),
        _points(plain_errors),
    )


def _mean_and_error(held: list[BoolArray]) -> tuple[float, float]:
    by_arena = np.mean(held, axis=1)
    return float(by_arena.mean()), float(by_arena.std(ddof=1) / np.sqrt(len(by_arena)))


def _points(errors: list[FloatArray]) -> float:
    return float(width_in_points(np.sqrt(np.mean(np.square(errors)))))


def seconds(votes: Comparisons, method: Method) -> tuple[list[float], list[float]]:
    """Return the wall and CPU seconds of each repeat, sorted."""
    wall, cpu = [], []
    for _ in range(REPEATS):
        start, used = time.perf_counter(), time.process_time()
        fit(votes, method=method)
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - used)
    return sorted(wall), sorted(cpu)


def megabytes(votes: Comparisons) -> float:
    """Return the peak of one fit above the votes, of all that Python and NumPy allocate.

    The resident size would hide it in memory that the drawing of the votes has left behind.
    """
    tracemalloc.start()
    fit(votes)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 2**20


def main() -> None:
    sets = int(sys.argv[1]) if len(sys.argv) > 1 else SETS
    votes, _ = arena(*LARGE, seed=0)
    print(
        f"{LARGE[0]} models, {LARGE[1]} votes, {len(WORTH)} features; memory above the votes {megabytes(votes):.0f} MB"
    )
    for method in Method:
        wall, cpu = seconds(votes, method)
        middle = REPEATS // 2
        print(f"  {method:9} wall {wall[0]:.3f} s (median {wall[middle]:.3f}), CPU {cpu[0]:.3f} s ({cpu[middle]:.3f})")
    print(f"{SMALL[0]} models, {SMALL[1]} votes, style that goes with strength, {sets} arenas")
    ways = (("sandwich", Method.SANDWICH, None), ("hc3", Method.HC3, None), ("and prior", Method.HC3, NORMAL))
    for name, method, prior in ways:
        measured = accuracy(sets, method=method, prior=prior)
        print(
            f"  {name:9} strengths {measured.strengths:.4f} +- {measured.strengths_error:.4f}, effects of style "
            f"{measured.coefficients:.4f} +- {measured.coefficients_error:.4f}, off by {measured.points:.1f} points\n"
            f"  without style: strengths {measured.plain_strengths:.4f}, off by {measured.plain_points:.1f} points"
        )


if __name__ == "__main__":
    main()
