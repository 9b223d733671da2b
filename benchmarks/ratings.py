"""A comparison of our engine with others on the same votes: `make bench-ratings PEERS=python-with-the-peers`.

PEERS is a Python with numpy, scipy, pyarrow, pandas, arena-rank, evalica and choix; without it only ours is timed.
Every system runs each task in processes of its own, in turn, one call to warm up and then the timed ones; what is
printed is the median, and the ratio of medians from this one run. BLAS has one thread for all, since its idle threads
would count as processor time.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
from tqdm import tqdm

from benchmarks.peers import SMALLER
from benchmarks.votes import simulate, write
from ratings import Comparisons, Outcome, PairCounts
from ratings.live import Live
from ratings.standings import standings

ROOT = Path(__file__).resolve().parent.parent
OURS = "agon"


@dataclass(frozen=True)
class Task:
    """One thing to time.

    votes: on which votes; unit: "cpu" or "wall"; bars: the least ratio to each peer.
    """

    title: str
    name: str
    votes: str
    unit: str
    bars: dict[str, float]
    calls: int = 4


TASKS = (
    Task("Bradley-Terry from strings", "fit", "large", "cpu", {"evalica": 10, "arena-rank": 20, "choix": 2}),
    Task("with 95% intervals, from strings", "interval", "large", "cpu", {"arena-rank": 30}),
    Task("as by default: prior and HC3", "default", "large", "cpu", {}),
    Task("as by default, by voter", "voter", "large", "cpu", {"arena-rank": 20}),
    Task("as by default, by voter and prompt", "both", "large", "cpu", {"arena-rank": 20}),
    Task("100 models, 200,000 votes: by default", "default" + SMALLER, "smaller", "cpu", {}),
    Task("the same by voter", "voter" + SMALLER, "smaller", "cpu", {"arena-rank": 20}),
    Task("the same by voter and prompt", "both" + SMALLER, "smaller", "cpu", {"arena-rank": 20}),
    Task("instead of 100 bootstrap rounds", "bootstrap", "medium", "cpu", {"evalica": 400}, calls=2),
    Task("style control with intervals", "style", "large", "wall", {"arena-rank": 6}, calls=3),
    Task("online Elo from integer codes", "elo", "codes", "cpu", {"evalica": 1}),
)
SIZES = {"large": (300, 1_000_000), "medium": (100, 100_000), "smaller": (100, 200_000), "codes": (300, 1_000_000)}

Measured = dict[tuple[str, str], list[dict[str, Any]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", default="", help="a Python that has the peers")
    parser.add_argument("--only", nargs="*", default=[""], help="tasks whose name begins so")
    parser.add_argument("--rounds", type=int, default=3, help="processes of each system for each task (default 3)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder) / f"{name}.parquet" for name in SIZES}
        for name, path in files.items():
            _write(name, path)
        tasks = [task for task in TASKS if task.name.startswith(tuple(options.only))]
        measured = _measure(tasks, options.peers, files, rounds=options.rounds)
    for line in (*_table(measured), "", *alone()):
        print(line)


def _write(name: str, path: Path) -> None:
    votes = simulate(*SIZES[name], styled=name == "large")
    if name != "codes":
        return write(votes, path)
    columns = {"model_a": votes.a.astype(np.int32), "model_b": votes.b.astype(np.int32)}
    pyarrow.parquet.write_table(pa.table({**columns, "outcome": votes.outcome.astype(np.uint8)}), path)
    return None


def _measure(tasks: Sequence[Task], peers: str, files: dict[str, Path], *, rounds: int) -> Measured:
    python = peers or sys.executable
    jobs = [
        (task, system)
        for number in range(rounds)
        for task in tasks
        for system in sorted([OURS, *(task.bars if peers else ())], reverse=bool(number % 2))
    ]
    measured: Measured = {}
    for task, system in tqdm(jobs, desc="timing", unit="process"):
        arguments = [python, "-m", "benchmarks.peers", system, task.name, str(files[task.votes]), str(task.calls)]
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        done = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{system} could not do {task.name!r} under {python}:\n{done.stderr[-2000:]}")
        measured.setdefault((task.name, system), []).append(json.loads(done.stdout.splitlines()[-1]))
    return measured


def _table(measured: Measured) -> list[str]:
    lines = [f"{'task':38}{'system':12}{'unit':6}{'seconds':>9}{'ratio':>8}{'bar':>6}{'peak MB':>9}{'points off':>12}"]
    for task in TASKS:
        if (task.name, OURS) not in measured:
            continue
        of_ours = _median(measured[task.name, OURS], task.unit)
        for system in (OURS, *task.bars):
            if (runs := measured.get((task.name, system))) is None:
                continue
            seconds = _median(runs, task.unit)
            ratio = "" if system == OURS else f"{seconds / of_ours:.1f}"
            off = "" if system == OURS else f"{_distance(runs, measured[task.name, OURS]):.1e}"
            line = f"{task.title if system == OURS else '':38}{system:12}{task.unit:6}{seconds:9.4f}{ratio:>8}"
            lines.append(f"{line}{task.bars.get(system, ''):>6}{max(run['peak'] for run in runs):9.0f}{off:>12}")
    return lines


def _median(runs: list[dict[str, Any]], unit: str) -> float:
    return median(seconds for run in runs for seconds in run[unit])


def _distance(theirs: list[dict[str, Any]], of_ours: list[dict[str, Any]]) -> float:
    """Return the largest distance of two boards in points, each around its own mean."""
    peer, own = theirs[0]["ratings"], of_ours[0]["ratings"]
    gaps = np.array([peer[name] - own[name] for name in own])
    return float(np.abs(gaps - gaps.mean()).max())


def alone() -> list[str]:
    """Return the times of what no peer does: from stored counts, one vote more, thirty categories at once."""
    votes = simulate(*SIZES["large"], styled=False)
    comparisons = Comparisons(votes.a, votes.b, outcome=votes.outcome, n_models=SIZES["large"][0])
    return [*_from_counts(comparisons.fold()), *_one_more(comparisons), *_by_category(comparisons)]


def _from_counts(counts: PairCounts) -> Iterator[str]:
    more = PairCounts(counts.wins * 1000, counts.ties * 1000, both_bad=counts.both_bad * 1000)
    stored, grown = milliseconds(lambda: standings(counts)), milliseconds(lambda: standings(more))
    yield f"300 models from stored counts: {stored:.1f} ms CPU of 1 M votes, {grown:.1f} ms of 1,000 M (bar 20)"


def _one_more(votes: Comparisons, updates: int = 200) -> Iterator[str]:
    live, rows = Live(votes.fold()), zip(votes.a.tolist(), votes.b.tolist(), votes.outcome.tolist(), strict=True)
    taken = milliseconds(lambda: [live.update(a, b, Outcome(code)) for a, b, code in islice(rows, updates)], times=3)
    off = float(np.abs(live.board.rating - live.standings().rating).max())
    yield f"one vote more, ratings and intervals: {taken / updates:.2f} ms CPU (bar 1), ratings off by {off:.0e} points"


def _by_category(votes: Comparisons, categories: int = 30) -> Iterator[str]:
    members = np.random.default_rng(0).integers(0, categories, len(votes))[:, None] == np.arange(categories)
    folded = milliseconds(lambda: votes.fold_each(members), times=3)
    parts = votes.fold_each(members)
    rated = milliseconds(lambda: [standings(part) for part in parts], times=3)
    yield f"{categories} categories of 1 M votes: folded in {folded:.0f} ms CPU, rated in {rated:.0f} ms"


def milliseconds(call: Callable[[], object], times: int = 9) -> float:
    """Return the median processor time of a call, in milliseconds."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        call()
        taken.append(1000 * (time.process_time() - start))
    return median(taken)


if __name__ == "__main__":
    main()
