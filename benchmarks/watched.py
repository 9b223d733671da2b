"""What watching costs: `python -m benchmarks.watched [CAMPAIGNS]`.

Two models meet in simulated campaigns, and somebody looks after each vote. Four questions, all about ratings.anytime
and ratings.decide: how often is a look wrong where the models are equal; how often is one called better that is
not; are clear gaps decided within twice the votes of a plan with one look; does the forecast come true.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit, ndtri, stdtrit

from ratings.anytime import FEWEST_CLUSTERS, Error, Gap, widening
from ratings.arrays import BoolArray, FloatArray, IntArray
from ratings.clusters import LOST_FREEDOM
from ratings.comparisons import Comparisons, Outcome
from ratings.contrasts import MANY
from ratings.decide import MARGIN, MORE_VOTES, Verdict, forecast, gap_of_votes, verdicts
from ratings.intervals import CONFIDENCE, DOUBT, normal_quantile
from ratings.scale import POINTS_PER_LOG_ODD

CAMPAIGNS, VOTES = 2000, 20_000
BEYOND, POWER = 60.0, 0.8  # points beyond the margin that a campaign is planned for, and how surely
SESSION = 20  # votes that one person casts in a row
TIES = 0.25  # of the votes between equals
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(61)


@dataclass(frozen=True)
class Campaign:
    """A kind of campaign between two models.

    voters: how many people, 0 where each vote is of another person without a taste. taste: the standard deviation, in
    log-odds, of what one person adds to one model. order: "even", anybody votes next; "lognormal" (1.2), some far
    more often; "sessions" of SESSION votes in a row; "new", a new person every SESSION / 4 votes, without end.
    """

    voters: int = 0
    taste: float = 0.0
    order: str = "even"

    def __str__(self) -> str:
        if not self.voters and self.order != "new":
            return "independent votes"
        people = f"{self.voters} voters" if self.voters else f"a new voter every {SESSION // 4} votes"
        return f"{people} of taste {self.taste}" + ("" if self.order == "new" else f", {self.order}")

    @property
    def spread(self) -> float:
        """The standard deviation of the gap between people, in log-odds."""
        return float(np.sqrt(2) * self.taste)


ALONE = Campaign()
COLLEAGUES = Campaign(12, 0.6)
PUBLIC = Campaign(0, 0.6, "new")
#: With how many votes each is watched.
EQUALS = {
    ALONE: VOTES,
    COLLEAGUES: VOTES,
    Campaign(12, 0.6, "lognormal"): VOTES,
    Campaign(12, 0.6, "sessions"): VOTES,
    Campaign(100, 0.6, "lognormal"): VOTES // 5,
}


@dataclass(frozen=True, eq=False)
class Watched:
    """What is seen after each vote, (votes,) each: the gap, the half-widths, and whether it may be judged at all.

    In points. errors: standard deviations by vote and by voter; freedom: of the latter.
    """

    points: FloatArray
    errors: tuple[FloatArray, ...]
    freedom: FloatArray
    is_rated: BoolArray

    @property
    def fixed(self) -> FloatArray:
        """The half-width of the interval of one moment."""
        wide = normal_quantile(CONFIDENCE) * self.errors[0]
        if len(self.errors) < 2:
            return wide
        # Student's quantile is slow: it is asked for where a normal one would not do already.
        near = np.abs(self.points) > normal_quantile(CONFIDENCE) * self.errors[1]
        quantiles = np.full(len(near), np.inf)
        quantiles[near] = stdtrit(self.freedom[near], (1 + CONFIDENCE) / 2)
        return np.maximum(wide, quantiles * np.maximum(self.errors[1], 1e-9))

    @property
    def band(self) -> FloatArray:
        """The half-width of the band that may be watched."""
        return self.fixed * widening(np.arange(1.0, len(self.points) + 1))

    @property
    def may_be_judged(self) -> BoolArray:
        """Whether both models are rated, and by enough people."""
        return self.is_rated & (self.freedom >= FEWEST_CLUSTERS - LOST_FREEDOM)

    def gap_after(self, votes: int) -> Gap:
        """Return the gap as ratings.decide has it after so many votes."""
        at = votes - 1
        freedom = (MANY, float(self.freedom[at]))
        errors = tuple(Error(float(error[at]), one) for error, one in zip(self.errors, freedom, strict=False))
        return Gap(float(self.points[at]), errors, one_vote=errors[0].deviation * np.sqrt(votes))


def watch(score: FloatArray, voter: IntArray | None) -> Watched:
    """Return what two models show after each vote, as ratings.clusters has it for two models, in closed form.

    score: (votes,) of the first model; voter: (votes,) from 0, or None.
    """
    n = np.arange(1.0, len(score) + 1)
    mean = np.cumsum(score) / n
    is_rated = (mean > 0) & (mean < 1)
    mean = np.where(is_rated, mean, 0.5)
    information = n * mean * (1 - mean)
    squares = np.maximum(np.cumsum(score**2) - n * mean**2, 0.0)
    doubt = np.minimum(1.0, DOUBT / n)
    freed = (1 - doubt) * squares / np.maximum(1 - 1 / n, 0.5) ** 2 + doubt * information
    errors = [POINTS_PER_LOG_ODD * np.sqrt(freed) / information]
    freedom = np.full(len(score), np.inf)
    if voter is not None:
        pulled, freedom = _by_voter(score, voter, mean)
        errors.append(POINTS_PER_LOG_ODD * np.sqrt(pulled) / information)
    return Watched(POINTS_PER_LOG_ODD * logit(mean), tuple(errors), freedom, is_rated)


def _by_voter(score: FloatArray, voter: IntArray, mean: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return after each vote the sum of the voters' squared freed pulls, and the degrees of freedom, (votes,) each."""
    rows, n = np.arange(len(score)), np.arange(1.0, len(score) + 1)
    table = np.zeros((len(score), int(voter.max()) + 1))
    table[rows, voter] = 1.0
    votes = np.cumsum(table, axis=0)
    table[rows, voter] = score
    pulls = np.cumsum(table, axis=0) - votes * mean[:, None]
    share = votes / n[:, None]
    pulls /= np.where(share < 1 - 1e-6, 1 - share, 1.0)
    people = (votes > 0).sum(axis=1)
    freedom = np.maximum(1 / (share**2).sum(axis=1) - LOST_FREEDOM, 1.0)
    return (pulls**2).sum(axis=1) * (people - 1) / people, freedom


def draw(kind: Campaign, middle: float, *, votes: int, rng: np.random.Generator) -> tuple[FloatArray, IntArray | None]:
    """Return the scores (votes,) of the first model, and who voted. middle: mean of people's gaps, in log-odds."""
    voter = _voters(kind, votes, rng)
    gaps = np.full(votes, middle)
    if voter is not None:
        gaps += rng.normal(0, kind.spread, int(voter.max()) + 1)[voter]
    return _scores(gaps, rng), voter


def _scores(gaps: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return scores (votes,) by gaps in log-odds; ties are likeliest between equals."""
    chance, luck = expit(gaps), rng.random(len(gaps))
    tie = 4 * TIES * chance * (1 - chance)
    return np.where(luck < chance - tie / 2, 1.0, np.where(luck < chance + tie / 2, 0.5, 0.0))


def _voters(kind: Campaign, votes: int, rng: np.random.Generator) -> IntArray | None:
    if kind.order == "new":
        return np.arange(votes) // (SESSION // 4)
    if not kind.voters:
        return None
    if kind.order == "sessions":
        return np.repeat(rng.integers(0, kind.voters, votes // SESSION + 1), SESSION)[:votes]
    shares = rng.lognormal(0, 1.2, kind.voters) if kind.order == "lognormal" else np.ones(kind.voters)
    return rng.choice(kind.voters, votes, p=shares / shares.sum())


def middle_of(points: float, kind: Campaign) -> float:
    """Return the mean of people's gaps, in log-odds, at which all people's votes together show this gap in points."""
    aim = float(expit(points / POINTS_PER_LOG_ODD))
    return float(brentq(lambda middle: _mean_chance(middle, kind) - aim, -10, 10))


def _mean_chance(middle: float, kind: Campaign) -> float:
    return float(expit(middle + kind.spread * NODES) @ WEIGHTS / WEIGHTS.sum())


def campaigns(
    kind: Campaign, points: float, *, votes: int, number: int, seed: int
) -> Iterator[tuple[Watched, np.random.Generator]]:
    """Yield what is seen in so many campaigns with this gap in points between the two."""
    middle = middle_of(points, kind)
    for child in np.random.SeedSequence(seed).spawn(number):
        rng = np.random.default_rng(child)
        yield watch(*draw(kind, middle, votes=votes, rng=rng)), rng


@dataclass(frozen=True)
class Misled:
    """The share of campaigns in which some look was wrong: by the interval of one moment, and by the band."""

    fixed: float
    band: float
    at_the_end: float


def misled(kind: Campaign, *, votes: int = VOTES, number: int = CAMPAIGNS, seed: int = 0) -> Misled:
    """Return how often equal models were told apart at some look; the interval's last look alone beside."""
    rows = []
    for seen, _ in campaigns(kind, 0.0, votes=votes, number=number, seed=seed):
        distance = np.abs(seen.points)
        outside = (distance > seen.fixed) & seen.is_rated
        band = (distance > seen.band) & seen.may_be_judged
        rows.append((outside.any(), band.any(), outside[-1]))
    return Misled(*np.mean(rows, axis=0).tolist())


def first_verdicts(
    kind: Campaign, points: float, *, votes: int, number: int, seed: int = 0, margin: float = MARGIN
) -> dict[Verdict, list[int]]:
    """Return by verdict after how many votes it fell, in campaigns that end with their first verdict."""
    fallen: dict[Verdict, list[int]] = {one: [] for one in Verdict}
    for seen, _ in campaigns(kind, points, votes=votes, number=number, seed=seed):
        at = {
            one: int(np.argmax(holds)) + 1 if (holds := is_so & seen.may_be_judged).any() else votes + 1
            for one, is_so in verdicts(seen.points, seen.band, margin=margin).items()
        }
        first = min(at, key=at.__getitem__)
        fallen[first if at[first] <= votes else Verdict.UNDECIDED].append(min(at[first], votes))
    return fallen


def plan(kind: Campaign, *, beyond: float = BEYOND, margin: float = MARGIN) -> int:
    """Return the votes with which a single look tells a gap so much beyond the margin from it, with POWER."""
    middle, each = middle_of(margin + beyond, kind), SESSION // 4 if kind.order == "new" else 1
    chances, shares = expit(middle + kind.spread * NODES), WEIGHTS / WEIGHTS.sum()
    mean = float(chances @ shares)
    tie = float(4 * TIES * (chances * (1 - chances)) @ shares)
    own, between = mean - mean**2 - tie / 4, float((chances - mean) ** 2 @ shares)
    one_vote = np.sqrt(own + (each - 1) * between) / (mean * (1 - mean))
    needed = (normal_quantile(CONFIDENCE) + ndtri(POWER)) * one_vote / (beyond / POINTS_PER_LOG_ODD)
    return int(np.ceil(needed**2))


def foretold(kind: Campaign, *, at: int, number: int, seed: int = 0, gaps: float = 100.0) -> FloatArray:
    """Return (campaigns, 2): the chance that a verdict falls with MORE_VOTES, and whether it fell.

    gaps: standard deviation of the true gaps, in points. at: votes before the forecast. Undecided campaigns only.
    """
    rng, rows = np.random.default_rng(seed), []
    for one in range(number):
        ((seen, _),) = campaigns(kind, rng.normal(0, gaps), votes=at + MORE_VOTES, number=1, seed=seed + one)
        fallen = np.any(list(verdicts(seen.points, seen.band, margin=MARGIN).values()), axis=0) & seen.may_be_judged
        gap = seen.gap_after(at)
        if not fallen[:at].any() and seen.is_rated[at - 1] and not gap.is_of_few:
            rows.append((forecast(gap, margin=MARGIN, by_new_people=kind.order == "new", seed=one), fallen[at:].any()))
    return np.array(rows, dtype=float)


def misled_with_prompts(
    *, number: int, voters: int = 12, prompts: int = 40, sd: float = 0.4, votes: int = 2400, every: int = 30
) -> tuple[float, float]:
    """Return how often equal models were told apart at some look, by the interval and by the band.

    Voters and prompts both differ in what they make of each model, by sd in log-odds. Looked at by the package itself.
    """
    wrong = []
    for child in np.random.SeedSequence(0).spawn(number):
        rng = np.random.default_rng(child)
        voter, prompt = rng.integers(0, voters, votes), rng.integers(0, prompts, votes)
        people, topics = rng.normal(0, np.sqrt(2) * sd, voters), rng.normal(0, np.sqrt(2) * sd, prompts)
        score = _scores(people[voter] + topics[prompt], rng)
        looks = [
            gap_of_votes(_between(score[:n]), first=0, second=1, voter=voter[:n], prompt=prompt[:n])
            for n in range(every, votes + 1, every)
        ]
        rows = [
            (abs(gap.points) > gap.half_width(), abs(gap.points) > gap.watched() and not gap.is_of_few)
            for gap in looks
            if gap is not None
        ]
        wrong.append(np.any(rows, axis=0))
    interval, band = np.mean(wrong, axis=0).tolist()
    return interval, band


def _between(score: FloatArray) -> Comparisons:
    outcome = np.select([score == 1, score == 0], [Outcome.MODEL_A, Outcome.MODEL_B], Outcome.TIE)
    return Comparisons(np.zeros(len(score), int), np.ones(len(score), int), outcome=outcome, n_models=2)


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else CAMPAIGNS
    factors = widening(np.array([50.0, 100, 1000, 5000, VOTES]))
    print("The band against the interval of one moment after 50, 100, 1,000, 5,000, 20,000 votes:", factors.round(2))
    print(f"\nTwo equal models, looked at after each vote, {number:,} campaigns: how often ever told apart")
    for kind, votes in EQUALS.items():
        found = misled(kind, votes=votes, number=number)
        shares = f"interval {found.fixed:.3f}  at the end {found.at_the_end:.3f}  band {found.band:.3f}"
        print(f"  {f'{kind}, {votes:,} votes':50} {shares}", flush=True)
    _print_verdicts(number)
    _print_power(number)
    _print_forecasts(number)
    arenas = max(number // 20, 2)
    interval, band = misled_with_prompts(number=arenas)
    print(f"\n12 voters, 40 prompts, .4 each, each 30th of 2,400 votes looked at, {arenas} campaigns of equal models")
    print(f"  ever told apart: interval {interval:.3f}  band {band:.3f}", flush=True)


def _print_verdicts(number: int) -> None:
    print(f"\nVerdicts with a margin of {MARGIN:g} points, looked at after each of 5,000 votes")
    for kind in (ALONE, COLLEAGUES):
        for points in (0.0, MARGIN):
            fallen = first_verdicts(kind, points, votes=5000, number=number, seed=1)
            shares = "  ".join(f"{one} {len(votes) / number:.3f}" for one, votes in fallen.items())
            print(f"  {kind!s:50} true gap {points:3g}: {shares}", flush=True)


def _print_power(number: int) -> None:
    print(f"\nA gap {BEYOND:g} points beyond the margin, and the votes planned for one look with a power of {POWER:g}")
    for kind in (ALONE, PUBLIC):
        votes = plan(kind)
        once = np.mean(
            [
                seen.points[-1] - seen.fixed[-1] > MARGIN
                for seen, _ in campaigns(kind, MARGIN + BEYOND, votes=votes, number=number, seed=2)
            ]
        )
        better = first_verdicts(kind, MARGIN + BEYOND, votes=2 * votes, number=number, seed=3)[Verdict.BETTER]
        print(
            f"  {kind!s:50} planned {votes:5,}: one look decides {once:.3f}; watched, within twice as many "
            f"{len(better) / number:.3f}, half of them by vote {np.median(better):,.0f}",
            flush=True,
        )


def _print_forecasts(number: int) -> None:
    print(f"\nForecasts after 100 votes for {MORE_VOTES} more, and how often they came true")
    for kind in (ALONE, COLLEAGUES, PUBLIC):
        table = foretold(kind, at=100, number=number)
        print(f"  {kind}")
        for low, high in ((0, 0.02), (0.02, 0.1), (0.1, 0.3), (0.3, 0.6), (0.6, 1.01)):
            some = table[(table[:, 0] >= low) & (table[:, 0] < high)]
            if len(some):
                print(f"    {len(some):5} foretold {some[:, 0].mean():.3f}  came {some[:, 1].mean():.3f}", flush=True)


if __name__ == "__main__":
    main()
