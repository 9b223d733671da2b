"""What the prior does to small arenas, vote by vote: `python -m benchmarks.prior [ARENAS]`.

Six models, true strengths normal with one of three spreads, votes of even pairs with ties. Of each spread, without and
with the prior: the root mean square error of the ratings after so many votes; the share of the models whose 95%
interval holds the truth; the largest change of a rating by one vote, from the tenth to the eightieth (median, and the
largest, over the arenas); and how often the winner of such a vote fell against its loser. The first two are of five
times as many arenas.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ratings import Comparisons, Outcome
from ratings.arrays import FloatArray
from ratings.prior import NORMAL, Prior
from ratings.scale import POINTS_PER_LOG_ODD, START
from ratings.standings import Standings, standings

ARENAS = 50
SEED = 4
MODELS = 6
SPREADS = (0.2, 0.6, 1.0)
LOOKS = (10, 20, 40, 80, 200)
EACH = range(10, 81)  # votes, after each of which a board is looked at for how far it moved
OFTENER = 5
TIES = 0.25  # of the votes between equals
UNMOVED = 1e-4  # points


@dataclass(frozen=True, eq=False)
class Arena:
    """Votes in their order, and the truth (models,) in points around 1000."""

    votes: Comparisons
    truth: FloatArray


@dataclass
class Measured:
    """The figures of some arenas. squares, held: by number of votes; jumps: of each arena; reversed, decided: votes."""

    squares: dict[int, list[float]]
    held: dict[int, list[float]]
    jumps: list[float]
    reversed: int = 0
    decided: int = 0

    def error(self, votes: int) -> float:
        """Return the root mean square error in points after so many votes."""
        return float(np.sqrt(np.mean(self.squares[votes])))


def main() -> None:
    arenas = int(sys.argv[1]) if len(sys.argv) > 1 else ARENAS
    print(f"{'spread':8}{'prior':8}" + "".join(f"{f'error {k}':>10}" for k in LOOKS), end="")
    print("".join(f"{f'held {k}':>10}" for k in LOOKS) + f"{'jump':>8}{'largest':>9}{'reversed':>12}")
    rng = np.random.default_rng(SEED)
    for spread in SPREADS:
        simulated = list(simulate(spread, rng, arenas=arenas * OFTENER))
        for name, prior in (("none", None), ("normal", NORMAL)):
            found, followed = measure(simulated, prior), measure(simulated[:arenas], prior, votes=EACH)
            errors = "".join(f"{found.error(k):10.0f}" for k in LOOKS)
            held = "".join(f"{np.mean(found.held[k]):10.3f}" for k in LOOKS)
            jumps = f"{np.median(followed.jumps):8.0f}{max(followed.jumps):9.0f}"
            print(f"{spread:<8}{name:8}{errors}{held}{jumps}{followed.reversed:6} /{followed.decided:5}", flush=True)


def simulate(spread: float, rng: np.random.Generator, *, arenas: int, votes: int = LOOKS[-1]) -> Iterator[Arena]:
    """Yield arenas whose true strengths have this standard deviation in log-odds."""
    for _ in range(arenas):
        strengths = rng.normal(0, spread, MODELS)
        a = rng.integers(0, MODELS, votes)
        b = (a + rng.integers(1, MODELS, votes)) % MODELS
        chance, luck = 1 / (1 + np.exp(strengths[b] - strengths[a])), rng.random(votes)
        half = 2 * TIES * chance * (1 - chance)
        decided = np.where(luck < chance, Outcome.MODEL_A, Outcome.MODEL_B)
        outcome = np.where(np.abs(luck - chance) < half, Outcome.TIE, decided)
        truth = START + POINTS_PER_LOG_ODD * (strengths - strengths.mean())
        yield Arena(Comparisons(a, b, outcome=outcome, n_models=MODELS), truth)


def measure(arenas: list[Arena], prior: Prior | None, *, votes: Sequence[int] = LOOKS) -> Measured:
    """Return the figures of the boards with this prior after so many votes, ascending."""
    found = Measured({k: [] for k in votes}, {k: [] for k in votes}, [])
    for arena in arenas:
        before, jump = None, 0.0
        for k in votes:
            board = standings(arena.votes.among(np.arange(k)).fold(), prior=prior)
            _judge(found, board, arena.truth, k)
            if before is not None and k - 1 in votes:
                jump = max(jump, _moved(found, before, board.rating, arena.votes, k - 1))
            before = board.rating
        found.jumps.append(jump)
    return found


def _judge(found: Measured, board: Standings, truth: FloatArray, votes: int) -> None:
    """Count the errors of a board; a model without votes counts as one at 1000."""
    rated = ~np.isnan(board.rating)
    level = truth - truth[rated].mean() + START
    found.squares[votes].append(float(((np.where(rated, board.rating, START) - truth) ** 2).mean()))
    found.held[votes].append(float((np.abs(board.rating - level) <= board.upper - board.rating)[rated].mean()))


def _moved(found: Measured, before: FloatArray, after: FloatArray, votes: Comparisons, row: int) -> float:
    """Return the largest change of a rating by the vote in this row, and count whether it went the wrong way."""
    moved = after - before
    if votes.outcome[row] != Outcome.TIE:
        winner, loser = votes.a[row], votes.b[row]
        if votes.outcome[row] == Outcome.MODEL_B:
            winner, loser = loser, winner
        found.decided += 1
        found.reversed += bool(moved[winner] - moved[loser] < -UNMOVED)
    return float(np.nan_to_num(np.abs(moved)).max())


if __name__ == "__main__":
    main()
