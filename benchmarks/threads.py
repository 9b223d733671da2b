"""The processor time of a board where nobody bounds BLAS, beside one where the environment allows one thread.

`python -m benchmarks.threads` prints both and their ratio, from this one run: processes of either kind, in turn.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

from benchmarks.ratings import milliseconds
from benchmarks.votes import simulate
from ratings import leaderboard

ROOT = Path(__file__).resolve().parent.parent
MODELS = 100
BLAS_SETTINGS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "GOTO_NUM_THREADS")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--votes", type=int, default=300_000)
    parser.add_argument("--calls", type=int, default=20, help="timed in each process (default 20)")
    parser.add_argument("--rounds", type=int, default=3, help="processes of each kind (default 3)")
    parser.add_argument("--alone", action="store_true", help="time the calls here, and print their median")
    options = parser.parse_args()
    if options.alone:
        print(_median_call(options.votes, options.calls))
        return
    asked = ["--alone", "--votes", str(options.votes), "--calls", str(options.calls)]
    taken: dict[str, list[float]] = {"": [], "1": []}
    for _ in range(options.rounds):
        for threads, times in taken.items():
            times.append(_process(asked, threads))
    free, one = median(taken[""]), median(taken["1"])
    print(f"{MODELS} models, {options.votes:,} votes, {os.cpu_count()} cores: {free:.1f} ms of processor time a board")
    print(f"with OPENBLAS_NUM_THREADS=1: {one:.1f} ms, so without it {free / one:.2f} times the processor time")


def _median_call(votes: int, calls: int) -> float:
    drawn = simulate(MODELS, votes, styled=False)
    leaderboard(drawn.a, drawn.b, drawn.outcome)
    return milliseconds(lambda: leaderboard(drawn.a, drawn.b, drawn.outcome), times=calls)


def _process(asked: list[str], threads: str) -> float:
    environment = {name: value for name, value in os.environ.items() if name not in BLAS_SETTINGS}
    environment |= {"OPENBLAS_NUM_THREADS": threads} if threads else {}
    command = [sys.executable, "-m", "benchmarks.threads", *asked]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout)


if __name__ == "__main__":
    main()
