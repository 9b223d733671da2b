"""The votes that each way of pairing needs to narrow a skewed board: `python -m benchmarks.pairing [SEEDS]`.

Twenty models with a history; then each way of pairing adds votes, in batches of 50 with the probabilities of the
board before the batch, until the mean 95% interval of the board is narrow enough. "gain ^ 6" is information gain as
it comes, with its sharpness of 6. A ratio is votes needed over the votes that uniform pairing needs on the same seed:
its mean, its standard deviation and its range over the seeds. Covered: how often the interval of a rated model holds
its true strength, once the aim is reached, and the standard error of that; the ways of pairing share a seed's luck.

"best possible" knows the true strengths and the noise of every pair, and weighs every vote best: no allocation of
fewer votes to pairs is expected to reach the aim. It is loose for newcomers, whom it gives a prior that the board
does not, and whose few votes it takes one by one, not in batches. The 48 seeds take four minutes; 12 are enough for
a ratio, not for what is covered, whose standard error they leave at 0.02.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import numpy as np

from ratings import Comparisons, Outcome, PairCounts, Standings, Status
from ratings.arrays import FloatArray, IntArray
from ratings.bradley_terry import laplacian, win_probabilities
from ratings.information import information_gain, narrowing, posterior
from ratings.intervals import CONFIDENCE, normal_quantile
from ratings.pairing import PairProbabilities, draw, weighted
from ratings.provisional import PRIOR_SD
from ratings.scale import to_log_odds, to_points, width_in_points
from ratings.standings import standings

MODELS = 20
SPREAD = 1.0  # standard deviation of the true strengths, in log-odds
BATCH = 50
MAX_VOTES = 60_000
STEPS = 200  # towards the best allocation; the bound on its votes is within 1% of it by then
EVEN = weighted(np.ones(MODELS)).matrix  # uniform pairing
FEW = 3_000  # votes below which the weighted way boosts a model, as the public policy of LMArena did

Policy = Callable[[PairCounts, Standings], PairProbabilities]


@dataclass(frozen=True)
class History:
    """The votes before the start and the aim.

    votes: for each model, roughly; aim: the mean interval to reach as a part of the first.
    """

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
    """Return chances by how much one more vote narrows the interval of the pair's own win rate.

    The rule is that of Chiang et al. (2024), with n + 1.
    """
    chance = win_probabilities(np.nan_to_num(to_log_odds(board.rating)))
    met = counts.battles + 1
    gain = np.sqrt(chance * chance.T) * (met**-0.5 - (met + 1) ** -0.5) * ~np.eye(len(counts), dtype=bool)
    return PairProbabilities((gain + gain.T) / 2)


def by_gain(sharpness: float) -> Policy:
    return lambda counts, board: information_gain(counts, to_log_odds(board.rating), sharpness=sharpness)


POLICIES: dict[str, Policy] = {
    "uniform": lambda counts, _: weighted(np.ones(len(counts))),
    "weighted": by_weight,
    "pair counts": by_pair,
    **{f"gain ^ {sharpness}": by_gain(sharpness) for sharpness in (1, 2, 4, 6, 8)},
}


def main() -> None:
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 48
    print(f"{'history':32}{'pairing':15}{'votes needed':>13}{'ratio':>7}{'sd':>6}{'range':>13}{'covered':>9}{'se':>6}")
    for history in HISTORIES:
        needed, covered = measure(history, seeds)
        for name in POLICIES:
            honest = f"{covered[name].mean():9.3f}{covered[name].std(ddof=1) / seeds**0.5:6.3f}"
            print(row(history, name, needed[name], needed["uniform"]) + honest)
        best = np.array([bound(history, seed) for seed in range(seeds)])
        print(row(history, "best possible", best, needed["uniform"]))
    print(f"information_gain of 300 models: {milliseconds():.1f} ms of processor time")


def row(history: History, name: str, votes: FloatArray, even: FloatArray) -> str:
    ratio = votes / even
    spread = f"{ratio.std(ddof=1):6.2f}{ratio.min():8.2f}-{ratio.max():.2f}"
    return f"{history.name:32}{name:15}{votes.mean():13.0f}{ratio.mean():7.2f}{spread}"


def measure(history: History, seeds: int) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Return the votes needed (seeds,) and the covered part of the rated models (seeds,), both by policy."""
    needed: dict[str, list[int]] = {name: [] for name in POLICIES}
    covered: dict[str, list[float]] = {name: [] for name in POLICIES}
    for seed in range(seeds):
        start, truth = arena(history, seed)
        for name, policy in POLICIES.items():
            votes, board = climb(start, truth, policy=policy, aim=history.aim, seed=seed)
            needed[name].append(votes)
            covered[name].append(float(np.mean(covers(board, truth))))
    return as_arrays(needed), as_arrays(covered)


def as_arrays(lists: dict[str, list[int]] | dict[str, list[float]]) -> dict[str, FloatArray]:
    return {name: np.array(numbers, dtype=np.float64) for name, numbers in lists.items()}


def bound(history: History, seed: int) -> float:
    """Return the votes that no allocation to pairs can do without, as expected at the true strengths."""
    start, truth = arena(history, seed)
    worth = worth_of_a_vote(truth)
    wanted = MODELS * history.aim * mean_width(standings(start)) / width(1.0)
    return fewest(lambda votes: least_deviations(start.battles * worth, worth, votes) <= wanted)


def fewest(reached: Callable[[float], bool]) -> float:
    """Return the number of votes from which on it is reached, within one."""
    low, high = 0.0, float(MAX_VOTES)
    while high - low > 1:
        middle = (low + high) / 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


def worth_of_a_vote(truth: FloatArray) -> FloatArray:
    """Return what a vote on the pair tells at most, (n, n): slope squared over variance. Source: Godambe (1960)."""
    chance = win_probabilities(truth)
    slope = chance * chance.T
    return slope**2 / (slope - tie_share(chance) / 4) * (EVEN > 0)


def deviations(information: FloatArray) -> float:
    """Return the sum of the models' standard deviations in log-odds. information: (n, n) by pair."""
    return float(np.sqrt(posterior(laplacian(information)).diagonal()).sum())


def least_deviations(known: FloatArray, worth: FloatArray, votes: float) -> float:
    """Return a number that no allocation of so many votes gets below, and that the best one all but reaches.

    The shares of the pairs climb by the root of their gain (Silvey, Titterington and Torsney, 1978). The sum of
    deviations is convex in them, so its tangent at the last ones is below it everywhere (Frank and Wolfe, 1956).
    """
    shares = EVEN
    for _ in range(STEPS):
        reached = known + votes * shares * worth
        gain = worth * narrowing(posterior(laplacian(reached)))
        slack = votes * (gain.max() - np.triu(shares * gain).sum())
        shares = shares * np.sqrt(gain)
        shares = shares / np.triu(shares).sum()
    return deviations(reached) - float(slack)


def arena(history: History, seed: int) -> tuple[PairCounts, FloatArray]:
    rng = np.random.default_rng(seed)
    truth = rng.normal(0, SPREAD, MODELS)
    return past(history, truth, rng), truth


def past(history: History, truth: FloatArray, rng: np.random.Generator) -> PairCounts:
    """Return a history whose models have about the votes wanted, met in proportion to their votes."""
    wanted = np.array(history.votes, dtype=np.float64)
    pairs = weighted(wanted).matrix
    shares = np.triu(pairs).ravel()
    cells = rng.choice(MODELS**2, int(wanted.sum() / 2), p=shares / shares.sum())
    return cast(cells // MODELS, cells % MODELS, truth=truth, rng=rng)


def climb(start: PairCounts, truth: FloatArray, *, policy: Policy, aim: float, seed: int) -> tuple[int, Standings]:
    """Return the votes until the mean interval is narrow enough, and the board then.

    The number is interpolated within the last batch.
    """
    counts, board, coin, rng = start, standings(start), Random(seed), np.random.default_rng(seed + 1_000_000)
    now = first = mean_width(board)
    for votes in range(BATCH, MAX_VOTES, BATCH):
        probabilities = policy(counts, board)
        pairs = [draw(probabilities, coin) for _ in range(BATCH)]
        sides = np.array([pair.a for pair in pairs]), np.array([pair.b for pair in pairs])
        counts = added(counts, cast(*sides, truth=truth, rng=rng))
        board, before = standings(counts), now
        now = mean_width(board)
        if now <= aim * first:
            return votes - int(BATCH * (aim * first - now) / (before - now)), board
    raise RuntimeError(f"not narrow enough after {MAX_VOTES} votes")


def cast(a: IntArray, b: IntArray, *, truth: FloatArray, rng: np.random.Generator) -> PairCounts:
    """Return votes with an expected score of the Bradley-Terry chance, 30% of them ties at equal strength."""
    chance = win_probabilities(truth)[a, b]
    tie = tie_share(chance)
    luck = rng.random(len(a))
    outcome = np.where(luck < tie, Outcome.TIE, np.where(luck < chance + tie / 2, Outcome.MODEL_A, Outcome.MODEL_B))
    return Comparisons(a, b, outcome=outcome, n_models=len(truth)).fold()


def tie_share(chance: FloatArray) -> FloatArray:
    return 0.6 * np.minimum(chance, 1 - chance)


def added(one: PairCounts, other: PairCounts) -> PairCounts:
    return PairCounts(one.wins + other.wins, one.ties + other.ties, both_bad=one.both_bad + other.both_bad)


def mean_width(board: Standings) -> float:
    """Return the mean interval in points.

    A model without votes counts with the width of its prior, standard deviation 1 in log-odds.
    """
    return float(np.nan_to_num(board.upper - board.lower, nan=width(PRIOR_SD)).mean())


def width(deviation: float) -> float:
    """Return the points from end to end of a 95% interval, from a standard deviation in log-odds."""
    return 2 * normal_quantile(CONFIDENCE) * float(width_in_points(np.array(deviation)))


def covers(board: Standings, truth: FloatArray) -> list[bool]:
    """Return, for each rated model of the first group, whether its interval holds the truth.

    The board sets their mean to 1000, and so does the truth here.
    """
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
