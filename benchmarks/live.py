"""The time of a live board vote by vote, and its distance from a fit from scratch: `python -m benchmarks.live`.

Run it with OPENBLAS_NUM_THREADS=1, since idle BLAS threads would count as processor time. One update is all ratings,
all bounds and all ranks, the refreshes among them. `off`: the largest distance in points of all models and checks, one
check every ten votes, outside the time; of the bounds also as a part of their own width.
"""

import argparse
import time
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from benchmarks.votes import Simulated, simulate
from ratings import Comparisons, Outcome, PairCounts
from ratings.live import Live
from ratings.standings import Standings, standings

BOARDS = ((300, 1_000_000, None), (300, 1_000_000, 10), (300, 1_000_000, 1), (300, 100_000, None), (64, 20_000, None))
CHECK_EVERY = 10
HEAD = (
    "models     votes  refresh  mean ms  median     p95  wall p95  refreshed"
    "  ratings off  bounds off  as a part  ranks off"
)


@dataclass
class Figures:
    """The figures of one run.

    cpu, wall: seconds of each update; the rest: the worst of all checks, points off and as a part of a width.
    """

    cpu: list[float]
    wall: list[float]
    refreshed: int = 0
    ratings: float = 0.0
    bounds: float = 0.0
    part: float = 0.0
    ranks: int = 0

    def compare(self, live: Live, exact: Standings) -> None:
        board, width = live.board, exact.upper - exact.lower
        off = np.maximum(np.abs(board.lower - exact.lower), np.abs(board.upper - exact.upper))
        self.ratings = max(self.ratings, float(np.abs(board.rating - exact.rating).max()))
        self.bounds, self.part = max(self.bounds, float(off.max())), max(self.part, float((off / width).max()))
        self.ranks += int((board.rank_best != exact.rank_best).sum() + (board.rank_worst != exact.rank_worst).sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--updates", type=int, default=1000, help="votes on each board (default 1000)")
    updates = parser.parse_args().updates
    print(HEAD)
    for n_models, n_votes, refresh_every in BOARDS:
        votes = simulate(n_models, n_votes + updates, styled=False)
        figures = _measure(votes, n_votes, refresh_every=refresh_every)
        print(f"{n_models:6}{n_votes:10,}{refresh_every or 'default':>9}{_row(figures)}", flush=True)
    print(f"\nstandings of 300 models with a million votes from their counts: {_full_fit() * 1e3:.1f} ms CPU")


def _measure(votes: Simulated, n_before: int, *, refresh_every: int | None) -> Figures:
    live, figures = Live(_folded(votes, n_before), refresh_every=refresh_every), Figures([], [])
    rest = zip(votes.a[n_before:].tolist(), votes.b[n_before:].tolist(), votes.outcome[n_before:].tolist(), strict=True)
    for number, (a, b, outcome) in enumerate(tqdm(list(rest), unit="vote", leave=False), start=1):
        cpu, wall = time.process_time(), time.perf_counter()
        board = live.update(a, b, Outcome(outcome))
        figures.cpu.append(time.process_time() - cpu)
        figures.wall.append(time.perf_counter() - wall)
        figures.refreshed += board.is_refreshed
        # The last vote before a refresh is the farthest from the one before.
        if (number + 1) % CHECK_EVERY == 0:
            figures.compare(live, standings(live.counts))
    return figures


def _folded(votes: Simulated, n_before: int) -> PairCounts:
    rows = slice(0, n_before)
    return Comparisons(votes.a[rows], votes.b[rows], outcome=votes.outcome[rows], n_models=len(votes.names)).fold()


def _row(figures: Figures) -> str:
    cpu, wall = np.array(figures.cpu) * 1e3, np.array(figures.wall) * 1e3
    times = f"{cpu.mean():9.2f}{np.median(cpu):8.2f}{np.percentile(cpu, 95):8.2f}{np.percentile(wall, 95):10.2f}"
    exactness = f"{figures.ratings:13.1e}{figures.bounds:12.1e}{figures.part:11.1e}{figures.ranks:11}"
    return f"{times}{figures.refreshed:11}{exactness}"


def _full_fit(times: int = 9) -> float:
    counts, cpu = _folded(simulate(300, 1_000_000, styled=False), 1_000_000), []
    for _ in range(times):
        start = time.process_time()
        standings(counts)
        cpu.append(time.process_time() - start)
    return float(np.median(cpu))


if __name__ == "__main__":
    main()
