"""How many votes each way of pairing needs to narrow a skewed board: `python -m benchmarks.pairing [SEEDS]`.

Twenty models with a history; then each way of pairing adds votes, in batches of 50 with the probabilities of the
board before the batch, until the mean 95 % interval of the board is narrow enough. A ratio is votes needed over
the votes that uniform pairing needs on the same seed: its mean, its standard deviation and its range over the
seeds. Covered: how often the interval of a rated model holds its true strength, once the aim is reached.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import numpy as np

from ratings import Comparisons, Outcome, PairCounts, Standings, Status
from ratings.arrays import FloatArray, IntArray
from ratings.bradley_terry import win_probabilities
from ratings.information import information_gain
from ratings.pairing import PairProbabilities, draw, weighted
from ratings.scale import to_log_odds, to_points
from ratings.standings import standings

MODELS = 20
SPREAD = 1.0  # standard deviation of the true strengths, in log-odds
BATCH = 50
MOST_VOTES = 60_000
FEW = 3_000  # votes below which the weighted way boosts a model, as the public policy of LMArena did

Policy = Callable[[PairCounts, Standings], PairProbabilities]


@dataclass(frozen=True)
class History:
    """Votes per model before the start, roughly, and the mean interval to reach as a part of the first."""

    name: str
    votes: tuple[int, ...]
    aim: float


HISTORIES = (
    History("6 new of 20, to half", (0, 0, 2, 5, 10, 20, *(3000,) * 14), 0.5),
    History("6 new of 20, to a quarter", (0, 0, 2, 5, 10, 20, *(3000,) * 14), 0.25),
    History("1 new of 20, to half", (5, *(3000,) * 19), 0.5),
    History("5000 to 250 (Zipf), to 3/4", tuple(5000 // rank for rank in range(1, 21)), 0.75),
    History("1000 each of 20, to 3/4", (1000,) * 20, 0.75),
)


def by_weight(counts: PairCounts, _: Standings) -> PairProbabilities:
    return weighted(np.ones(len(counts)), boosts=dict.fromkeys(np.flatnonzero(counts.votes < FEW).tolist(), 5.0))


def by_pair(counts: PairCounts, board: Standings) -> PairProbabilities:
    """How much one more vote narrows the interval of the pair's own win rate: Chiang et al. (2024), with n + 1."""
    chance = win_probabilities(np.nan_to_num(to_log_odds(board.rating)))
    met = counts.battles + 1
    gain = np.sqrt(chance * chance.T) * (met**-0.5 - (met + 1) ** -0.5) * ~np.eye(len(counts), dtype=bool)
    return PairProbabilities((gain + gain.T) / 2)


POLICIES: dict[str, Policy] = {
    "uniform": lambda counts, _: weighted(np.ones(len(counts))),
    "weighted": by_weight,
    "pair counts": by_pair,
    "information": lambda counts, board: information_gain(counts, to_log_odds(board.rating)),
}


def main() -> None:
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    print(f"{'history':32}{'pairing':13}{'votes needed':>13}{'ratio':>7}{'sd':>6}{'range':>13}{'covered':>9}")
    for history in HISTORIES:
        needed, covered = measure(history, seeds)
        for name in POLICIES:
            ratio = needed[name] / needed["uniform"]
            spread = f"{ratio.std(ddof=1):6.2f}{ratio.min():8.2f}-{ratio.max():.2f}"
            print(
                f"{history.name:32}{name:13}{needed[name].mean():13.0f}{ratio.mean():7.2f}{spread}{covered[name]:9.3f}"
            )
    print(f"information_gain of 300 models: {milliseconds():.1f} ms of processor time")


def measure(history: History, seeds: int) -> tuple[dict[str, FloatArray], dict[str, float]]:
    """Votes needed (seeds,) and the covered part of the rated models, both by policy."""
    needed: dict[str, list[int]] = {name: [] for name in POLICIES}
    hits: dict[str, list[bool]] = {name: [] for name in POLICIES}
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        truth = rng.normal(0, SPREAD, MODELS)
        start = past(history, truth, rng)
        for name, policy in POLICIES.items():
            votes, board = climb(start, truth, policy=policy, aim=history.aim, seed=seed)
            needed[name].append(votes)
            hits[name] += covers(board, truth)
    as_arrays = {name: np.array(votes, dtype=np.float64) for name, votes in needed.items()}
    return as_arrays, {name: float(np.mean(found)) for name, found in hits.items()}


def past(history: History, truth: FloatArray, rng: np.random.Generator) -> PairCounts:
    """A history whose models have about the votes wanted, met in proportion to their votes."""
    wanted = np.array(history.votes, dtype=np.float64)
    pairs = weighted(wanted).matrix
    shares = np.triu(pairs).ravel()
    cells = rng.choice(MODELS**2, int(wanted.sum() / 2), p=shares / shares.sum())
    return cast(cells // MODELS, cells % MODELS, truth=truth, rng=rng)


def climb(start: PairCounts, truth: FloatArray, *, policy: Policy, aim: float, seed: int) -> tuple[int, Standings]:
    """Votes until the mean interval is narrow enough, interpolated within the last batch, and the board then."""
    counts, board, coin, rng = start, standings(start), Random(seed), np.random.default_rng(seed + 1_000_000)
    width = first = mean_width(board)
    for votes in range(BATCH, MOST_VOTES, BATCH):
        probabilities = policy(counts, board)
        pairs = [draw(probabilities, coin) for _ in range(BATCH)]
        sides = np.array([pair.a for pair in pairs]), np.array([pair.b for pair in pairs])
        counts = added(counts, cast(*sides, truth=truth, rng=rng))
        board, before = standings(counts), width
        width = mean_width(board)
        if width <= aim * first:
            return votes - int(BATCH * (aim * first - width) / (before - width)), board
    raise RuntimeError(f"not narrow enough after {MOST_VOTES} votes")


def cast(a: IntArray, b: IntArray, *, truth: FloatArray, rng: np.random.Generator) -> PairCounts:
    """Votes with an expected score of the Bradley-Terry chance, 30 % of them ties at equal strength."""
    chance = win_probabilities(truth)[a, b]
    tie = 0.6 * np.minimum(chance, 1 - chance)
    luck = rng.random(len(a))
    outcome = np.where(luck < tie, Outcome.TIE, np.where(luck < chance + tie / 2, Outcome.MODEL_A, Outcome.MODEL_B))
    return Comparisons(a, b, outcome=outcome, n_models=len(truth)).fold()


def added(one: PairCounts, other: PairCounts) -> PairCounts:
    return PairCounts(one.wins + other.wins, one.ties + other.ties, both_bad=one.both_bad + other.both_bad)


def mean_width(board: Standings) -> float:
    """Points; a model without votes counts with the width of its prior, standard deviation 1 in log-odds."""
    prior = 2 * 1.96 * (to_points(np.ones(1))[0] - to_points(np.zeros(1))[0])
    return float(np.nan_to_num(board.upper - board.lower, nan=prior).mean())


def covers(board: Standings, truth: FloatArray) -> list[bool]:
    """For each rated model of the first group; the board sets their mean to 1000, and so is the truth."""
    rated = np.array([status is Status.RATED for status in board.status]) & (board.group == 0)
    points = to_points(truth - truth[rated].mean())
    held: list[bool] = ((board.lower <= points) & (points <= board.upper))[rated].tolist()
    return held


def milliseconds(n_models: int = 300) -> float:
    rng = np.random.default_rng(0)
    battles = np.triu(rng.poisson(20, (n_models, n_models)), 1)
    counts = PairCounts(battles, np.zeros_like(battles), both_bad=np.zeros_like(battles))
    seconds = []
    for _ in range(20):
        start = time.process_time()
        information_gain(counts, np.linspace(-2, 2, n_models))
        seconds.append(time.process_time() - start)
    return 1000 * float(np.median(seconds))


if __name__ == "__main__":
    main()
