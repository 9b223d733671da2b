"""One rating system on one task, timed in a process of its own: `python -m benchmarks.peers SYSTEM TASK FILE CALLS`.

Runs under a Python that has the system; `benchmarks.ratings` starts it. The clock runs from a frame of columns to
numbers; reading the file and importing come before. Prints one JSON object, the last line.
"""

import json
import math
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.votes import STYLE

POINTS = 400 / math.log(10)
ROUNDS = 100  # of a bootstrap
SMALLER = ", smaller"  # a task on fewer votes

Frame = Any
Ratings = Mapping[Any, float]
Task = Callable[[Frame], Ratings]


def ours() -> dict[str, Task]:
    from ratings import Comparisons, leaderboard
    from ratings.elo import replay

    def board(**choices: Any) -> Task:
        def rate(frame: Frame) -> Ratings:
            style = {name: frame[name] for name in STYLE} if choices.get("style") else None
            columns = (frame["model_a"], frame["model_b"], frame["winner"])
            ways = {name: frame[name] for name in ("voter", "prompt") if choices.get(name)}
            board = leaderboard(*columns, **{"prior": None, **choices, "style": style, **ways})  # no peer has a prior
            return {row.model: row.rating for row in board}

        return rate

    def elo(frame: Frame) -> Ratings:
        codes = [np.asarray(frame[name]) for name in ("model_a", "model_b", "outcome")]
        n = int(max(codes[0].max(), codes[1].max())) + 1
        return dict(enumerate(replay(Comparisons(codes[0], codes[1], outcome=codes[2], n_models=n))))

    return {
        "fit": board(intervals="none"),
        "interval": board(intervals="sandwich"),
        "default": board(prior="normal"),
        "voter": board(prior="normal", voter=True),
        "both": board(prior="normal", voter=True, prompt=True),
        "bootstrap": board(intervals="sandwich"),  # what we give in its place
        "style": board(intervals="sandwich", style=True),
        "elo": elo,
    }


def arena_rank() -> dict[str, Task]:
    from arena_rank.models.bradley_terry import BradleyTerry
    from arena_rank.models.contextual_bradley_terry import ContextualBradleyTerry
    from arena_rank.utils.data_utils import ContextualPairDataset, PairDataset

    def by_name(ratings: Mapping[str, Any]) -> Ratings:
        return dict(zip(ratings["competitors"], np.asarray(ratings["ratings"]).tolist(), strict=True))

    def fit(frame: Frame) -> Ratings:
        votes = PairDataset.from_pandas(frame)
        model = BradleyTerry(len(votes.competitors)).fit(votes)
        return dict(zip(votes.competitors, np.asarray(model.params["ratings"]) * model.alpha, strict=True))

    def interval(frame: Frame) -> Ratings:
        votes = PairDataset.from_pandas(frame)
        return by_name(BradleyTerry(len(votes.competitors)).compute_ratings_and_cis(votes))

    def style(frame: Frame) -> Ratings:
        votes = ContextualPairDataset.from_pandas(frame, feature_cols=list(STYLE), reweighted=False)
        model = ContextualBradleyTerry(
            len(votes.competitors), len(STYLE), reg=1e-9
        )  # its default all but removes style
        return by_name(model.compute_ratings_and_cis(votes))

    # It has none by voter or by prompt: these are its intervals for independent votes.
    return {"fit": fit, "interval": interval, "voter": interval, "both": interval, "style": style}


def evalica() -> dict[str, Task]:
    import evalica

    def columns(frame: Frame) -> tuple[list[Any], list[Any], np.ndarray]:
        if "outcome" in frame:
            a_won, b_won = frame["outcome"].to_numpy() == 0, frame["outcome"].to_numpy() == 1
        else:
            words = frame["winner"].to_numpy()
            a_won, b_won = words == "model_a", words == "model_b"
        winner = np.full(len(frame), int(evalica.Winner.Draw), np.uint8)
        winner[a_won], winner[b_won] = int(evalica.Winner.X), int(evalica.Winner.Y)
        return frame["model_a"].tolist(), frame["model_b"].tolist(), winner

    def points(scores: Any) -> Ratings:
        return {name: POINTS * math.log(score) for name, score in scores.items()}

    def bootstrap(frame: Frame) -> Ratings:
        options = {"n_resamples": ROUNDS, "bootstrap_method": "percentile", "random_state": 0}
        return points(evalica.bootstrap(evalica.bradley_terry, *columns(frame), **options).result.scores)

    return {
        "fit": lambda frame: points(evalica.bradley_terry(*columns(frame)).scores),
        "bootstrap": bootstrap,
        "elo": lambda frame: evalica.elo(*columns(frame), k=4.0).scores.to_dict(),
    }


def choix() -> dict[str, Task]:
    import choix
    import pandas as pd

    def fit(frame: Frame) -> Ratings:
        codes, names = pd.factorize(pd.concat([frame["model_a"], frame["model_b"]]), sort=True)
        a, b, n = codes[: len(frame)], codes[len(frame) :], len(names)
        words = frame["winner"].to_numpy()
        score = np.where(words == "model_a", 1.0, np.where(words == "model_b", 0.0, 0.5))
        counts = np.bincount(a * n + b, score, n * n) + np.bincount(b * n + a, 1 - score, n * n)
        strengths = choix.ilsr_pairwise_dense(counts.reshape(n, n), max_iter=1000)
        return dict(zip(names, POINTS * strengths, strict=True))

    return {"fit": fit}


SYSTEMS = {"agon": ours, "arena-rank": arena_rank, "evalica": evalica, "choix": choix}


def main() -> None:
    system, task, path, calls = sys.argv[1:]
    rate, frame = SYSTEMS[system]()[task.removesuffix(SMALLER)], read(Path(path))
    before = start_of_peak()
    wall, cpu = [], []
    ratings: Ratings = {}
    for _ in range(int(calls)):
        wall_start, cpu_start = time.perf_counter(), processor_time()
        ratings = rate(frame)
        wall.append(time.perf_counter() - wall_start)
        cpu.append(processor_time() - cpu_start)
    warm = slice(1, None) if len(wall) > 1 else slice(None)
    result = {"wall": wall[warm], "cpu": cpu[warm], "cold": cpu[0], "peak": memory("VmHWM") - before}
    print(json.dumps({**result, "ratings": {str(name): float(value) for name, value in ratings.items()}}))


def read(path: Path) -> Frame:
    try:
        import pandas as pd
    except ImportError:
        import pyarrow.parquet

        return pyarrow.parquet.read_table(path)
    return pd.read_parquet(path)


def processor_time() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def start_of_peak() -> float:
    """Return the megabytes in use now, and restart the peak that the system keeps, where it can."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return memory("VmHWM")
    return memory("VmRSS")


def memory(field: str) -> float:
    """Return a figure of this process in megabytes on Linux, elsewhere NaN."""
    if not os.path.exists("/proc/self/status"):
        return math.nan
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))


if __name__ == "__main__":
    main()
