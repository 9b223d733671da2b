"""The coverage of 95% intervals, by simulated arenas: `python -m benchmarks.coverage [SETS]`.

First arenas of people, who differ, and with prompts that repeat (benchmarks.people), without and with the prior that
boards have by default; then independent votes, without.

Five kinds of arenas; of each, SETS are simulated, every one with truths of its own, and fitted. Coverage is the
mean over the arenas of the part of their models whose interval holds the truth; one arena's models share their
errors, so the standard error (se) is that between arenas. Width is the mean over arenas and models of the
half-width as a part of the plain sandwich's; rare is the coverage of the half of the models with the fewest votes.
An arena without a finite maximum counts with its core only, around the mean of the core, and is told beside.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks import people
from benchmarks.people import People
from ratings import Comparisons, Outcome, PairCounts, clusters
from ratings.arrays import FloatArray, IntArray
from ratings.bradley_terry import core, fit, has_finite_maximum, inverse_information, win_probabilities
from ratings.contrasts import Contrasts
from ratings.estimators import Shrinking, clustered
from ratings.intervals import half_widths, hc3, sandwich
from ratings.prior import NORMAL
from ratings.ranking import significantly_better
from ratings.scale import width_in_points

SETS = 1000
SPREAD = 0.6  # standard deviation of the true strengths, in log-odds
TIES = 0.3  # share of the votes

Method = Callable[[PairCounts, FloatArray], FloatArray]


def fisher(counts: PairCounts, strengths: FloatArray) -> FloatArray:
    """Return the inverse information (n, n) on strengths of sum zero: right only where ties are not half wins."""
    inverse = inverse_information(counts, strengths)
    return inverse - inverse.mean(axis=0)


METHODS: dict[str, Method] = {
    "fisher": fisher,
    "sandwich": sandwich,
    "textbook hc3": partial(hc3, doubt=0.0),
    "hc3": hc3,
}


@dataclass(frozen=True)
class Design:
    """A kind of arena to simulate.

    skew: how often the model of rank r is drawn, as r ** -skew.
    ties: "level" makes them likeliest between equals, so that the expected score is the Bradley-Terry chance;
    "flat" ones are as likely in every pair, so no strengths explain all scores: the truth is then the maximum at
    the expected votes, which the fit approaches.
    """

    models: int
    votes: int
    skew: float
    ties: str

    def __str__(self) -> str:
        pairs = "zipf" if self.skew else "uniform"
        return f"{self.models} models, {self.votes} votes, {pairs}, {self.ties} ties"


DESIGNS = (
    Design(20, 2000, skew=0.0, ties="level"),
    Design(20, 2000, skew=0.0, ties="no"),
    Design(20, 2000, skew=0.0, ties="flat"),
    Design(20, 2000, skew=1.0, ties="level"),
    Design(100, 5000, skew=1.0, ties="level"),
)


#: The kinds of arenas of people: a team, a school, a community, and twelve colleagues with forty prompts.
PEOPLE = (
    People(6, 10, 200, 0.5, "lognormal"),
    People(6, 10, 1000, 0.5, "lognormal"),
    People(6, 10, 200, 0.0),
    People(6, 3, 300, 0.5),
    People(20, 100, 5000, 0.8, "lognormal"),
    People(20, 1000, 20_000, 0.4, "pareto"),
    People(8, 12, 3000, 0.4, prompts=40, topic=0.4),
    People(8, 720, 720, 0.0),
)


@dataclass(frozen=True, eq=False)
class Arena:
    """One simulated arena.

    truth: (n,) in log-odds, sum zero; expected: (n, n) mean points of i against j, up to a factor.
    """

    counts: PairCounts
    truth: FloatArray
    expected: FloatArray


@dataclass(frozen=True, eq=False)
class Coverage:
    """The coverage of one method.

    coverage, rare: parts in [0, 1]; error, rare_error: one standard error of each; width: against the sandwich.
    """

    coverage: float
    error: float
    width: float
    rare: float
    rare_error: float


@dataclass(frozen=True)
class Measured:
    """The coverage by method, and how many arenas had a core smaller than the arena."""

    methods: dict[str, Coverage]
    without_maximum: int


def main() -> None:
    sets = int(sys.argv[1]) if len(sys.argv) > 1 else SETS
    _print_people(sets)
    print(f"{'':44}{'coverage':>9}{'se':>7}{'width':>7}{'rare':>7}{'se':>7}")
    for seed, design in enumerate(DESIGNS):
        measured = measure(design, sets=sets, seed=seed)
        print(f"{design}; without a finite maximum: {measured.without_maximum} of {sets}")
        for name, coverage in measured.methods.items():
            rare = f"{coverage.rare:7.4f}{coverage.rare_error:7.4f}"
            print(f"    {name:40}{coverage.coverage:9.4f}{coverage.error:7.4f}{coverage.width:7.3f}{rare}", flush=True)


def _print_people(sets: int) -> None:
    print(
        f"{'95% intervals of arenas of people':64}{'coverage':>9}{'se':>7}{'points':>8}{'false better':>14}{'off':>6}"
    )
    for seed, design in enumerate(PEOPLE):
        print(f"{design}", flush=True)
        for name, found in measure_people(design, sets=sets, seed=seed).items():
            print(
                f"    {name:60}{found.coverage:9.3f}{found.error:7.3f}{found.points:8.0f}{found.false_better:14.3f}"
                f"{found.off:6.1f}",
                flush=True,
            )


@dataclass(frozen=True, eq=False)
class PeopleCoverage:
    """The coverage of one way to intervals in arenas of people.

    points: the mean half-width; false_better: the share of arenas in which a model is ranked above a better one;
    off: the root mean square error of the ratings in points.
    """

    coverage: float
    error: float
    points: float
    false_better: float
    off: float


def measure_people(design: People, *, sets: int, seed: int) -> dict[str, PeopleCoverage]:
    """Return the ways to intervals beside each other on the same arenas.

    Those without a finite maximum are drawn anew.
    """
    rows: dict[str, list[tuple[float, ...]]] = {}
    for child in np.random.SeedSequence(seed).spawn(sets):
        rng = np.random.default_rng(child)
        arena = people.draw(design, rng)
        while not has_finite_maximum(arena.votes.fold().score):
            arena = people.draw(design, rng)
        for name, row in judge_people(arena).items():
            rows.setdefault(name, []).append(row)
    return {name: _people_summary(np.array(table)) for name, table in rows.items()}


def judge_people(arena: people.Arena) -> dict[str, tuple[float, ...]]:
    """Return by way: the part of the models whose interval holds the truth, the width, and whether a rank is false."""
    counts, ways = arena.votes.fold(), {"voter": arena.voter, "prompt": arena.prompt}
    strengths, shrunk = fit(counts), clustered(arena.votes, prior=NORMAL, **ways)
    every = clusters.errors(arena.votes, strengths, **ways)
    assert isinstance(shrunk, Shrinking)
    estimate = shrunk.estimate(counts, np.arange(len(counts)))
    by = "by voter" if arena.prompt is None else "by both"
    found = {
        "independent votes": (strengths, Contrasts(every.layers[:1])),
        by: (strengths, every),
        "independent votes, with the prior": (estimate.strengths, Contrasts(estimate.errors.layers[:1])),
        f"{by}, with the prior": (estimate.strengths, estimate.errors),
    }
    return {name: _judged(strengths, errors, arena.truth) for name, (strengths, errors) in found.items()}


def _judged(strengths: FloatArray, errors: Contrasts, truth: FloatArray) -> tuple[float, ...]:
    """Return the figures of one way in one arena, as PeopleCoverage has them of many."""
    widths, missed = errors.half_widths(), strengths - truth
    false_better = significantly_better(strengths, errors) & np.less.outer(truth, truth)
    return (
        float((np.abs(missed) <= widths).mean()),
        float(width_in_points(widths).mean()),
        float(false_better.any()),
        float(width_in_points(missed) @ width_in_points(missed) / len(missed)),
    )


def _people_summary(table: FloatArray) -> PeopleCoverage:
    held, points, false_better, squared = table.mean(axis=0).tolist()
    error = float(table[:, 0].std(ddof=1) / np.sqrt(len(table)))
    return PeopleCoverage(held, error, points=points, false_better=false_better, off=float(np.sqrt(squared)))


def measure(design: Design, *, sets: int, seed: int, methods: dict[str, Method] = METHODS) -> Measured:
    """Return the methods beside each other on the same arenas. sets: how many, at least 2."""
    rows, without_maximum = [], 0
    for arena in arenas(design, sets=sets, seed=seed):
        models = core(arena.counts)
        without_maximum += len(models) < design.models
        rows.append(judge(arena, models, flat=design.ties == "flat", methods=methods))
    table = np.array(rows)
    return Measured({name: _summary(table[:, i]) for i, name in enumerate(methods)}, without_maximum)


def judge(arena: Arena, models: IntArray, *, flat: bool, methods: dict[str, Method]) -> FloatArray:
    """Return the figures (methods, 3) of one arena's core.

    They are the part of its models whose interval holds the truth, that of its rare half, and the mean width.
    """
    counts = arena.counts.among(models)
    strengths = fit(counts)
    error, plain = np.abs(strengths - target(arena, models, flat=flat)), half_widths(sandwich(counts, strengths))
    rare, rows = np.argsort(counts.votes, kind="stable")[: len(models) // 2], []
    for method in methods.values():
        width = half_widths(method(counts, strengths))
        held = error <= width
        rows.append((held.mean(), held[rare].mean(), (width / plain).mean()))
    return np.array(rows)


def target(arena: Arena, models: IntArray, *, flat: bool) -> FloatArray:
    """Return what the fit of these models approaches with more votes, (k,) in log-odds, sum zero."""
    if not flat:
        own: FloatArray = arena.truth[models]
        return own - float(own.mean())
    expected, none = arena.expected[np.ix_(models, models)], np.zeros((len(models), len(models)))
    return fit(PairCounts(expected, none, both_bad=none))


def arenas(design: Design, *, sets: int, seed: int) -> Iterator[Arena]:
    """Yield as many arenas as sets, each from a seed of its own."""
    for child in np.random.SeedSequence(seed).spawn(sets):
        yield draw(design, np.random.default_rng(child))


def draw(design: Design, rng: np.random.Generator) -> Arena:
    truth = rng.normal(0, SPREAD, design.models)
    popularity = rng.permutation(np.arange(1.0, design.models + 1) ** -design.skew)
    a, b = pairs(popularity, design.votes, rng)
    chance = win_probabilities(truth)
    tie = tie_chances(chance, a, b, ties=design.ties)
    win = chance - tie / 2 if design.ties != "flat" else chance * (1 - tie)
    luck, undecided = rng.random(design.votes), tie[a, b]
    decided = np.where(luck < undecided + win[a, b], Outcome.MODEL_A, Outcome.MODEL_B)
    outcome = np.where(luck < undecided, Outcome.TIE, decided)
    votes = Comparisons(a, b, outcome=outcome, n_models=design.models)
    return Arena(votes.fold(), truth - truth.mean(), meetings(popularity) * (win + tie / 2))


def pairs(popularity: FloatArray, votes: int, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Return two models for each vote, (votes,) each, by popularity (n,).

    The second is drawn again while it is the first.
    """
    steps = np.cumsum(popularity) / popularity.sum()
    a, b = np.searchsorted(steps, rng.random((2, votes)), side="right")
    while (same := np.flatnonzero(a == b)).size:
        b[same] = np.searchsorted(steps, rng.random(same.size), side="right")
    return a, b


def meetings(popularity: FloatArray) -> FloatArray:
    """Return the chances, up to a factor, that pairs() draws i and j on whichever sides, (n, n) symmetric."""
    share = popularity / popularity.sum()
    first = np.outer(share / (1 - share), share) * ~np.eye(len(share), dtype=bool)
    either: FloatArray = first + first.T
    return either


def tie_chances(chance: FloatArray, a: IntArray, b: IntArray, *, ties: str) -> FloatArray:
    """Return the chance of a tie in each pair, (n, n) symmetric.

    Its mean over the votes of a and b is TIES, unless there are none.
    """
    if ties == "no":
        return np.zeros_like(chance)
    if ties == "flat":
        return np.full_like(chance, TIES)
    level = 4 * chance * chance.T
    scaled: FloatArray = level * min(0.5, TIES / float(level[a, b].mean()))  # above a half, wins would turn negative
    return scaled


def _summary(table: FloatArray) -> Coverage:
    """Return the means over the arenas. table: (sets, 3) from judge."""
    held, rare, width = table.mean(axis=0).tolist()
    error, rare_error, _ = (table.std(axis=0, ddof=1) / np.sqrt(len(table))).tolist()
    return Coverage(held, error, width=width, rare=rare, rare_error=rare_error)


if __name__ == "__main__":
    main()
