"""Arenas of people, simulated: voters who like some models more than others do, and prompts that suit some models.

What a board can hope to find is what infinitely many such people, on infinitely many such prompts, would make of it.
"""

from dataclasses import dataclass

import numpy as np

from ratings import Comparisons, Outcome, PairCounts
from ratings.arrays import FloatArray, IntArray
from ratings.bradley_terry import fit

SPREAD = 0.6  # standard deviation of the true strengths, in log-odds
TIES = 0.25  # share of the votes between equals
NODES = 41  # of the integral over tastes


@dataclass(frozen=True)
class People:
    """A kind of arena. taste, topic: standard deviations of voter x model and prompt x model, in log-odds.

    tail: how unequally they vote: "even", each the same number; "lognormal" (1.2); "pareto" (1.2). prompts: 0 for a
    new prompt in each battle.
    """

    models: int
    voters: int
    votes: int
    taste: float
    tail: str = "even"
    prompts: int = 0
    topic: float = 0.0

    def __str__(self) -> str:
        prompts = f", {self.prompts} prompts of sd {self.topic}" if self.prompts else ""
        return (
            f"{self.models} models, {self.voters} {self.tail} voters of sd {self.taste}, {self.votes:,} votes{prompts}"
        )


@dataclass(frozen=True, eq=False)
class Arena:
    """One arena of people. voter: (votes,); prompt: (votes,) or None; truth: (n,) in log-odds, sum zero."""

    votes: Comparisons
    voter: IntArray
    prompt: IntArray | None
    truth: FloatArray


def draw(design: People, rng: np.random.Generator) -> Arena:
    """Return an arena with strengths, people, prompts and votes of its own."""
    n, votes = design.models, design.votes
    strengths = rng.normal(0, SPREAD, n)
    voter = _voters(design, rng)
    a = rng.integers(0, n, votes)
    b = (a + rng.integers(1, n, votes)) % n
    own = strengths + rng.normal(0, design.taste, (design.voters, n))
    gaps, prompt = own[voter, a] - own[voter, b], None
    if design.prompts:
        prompt, topics = rng.integers(0, design.prompts, votes), rng.normal(0, design.topic, (design.prompts, n))
        gaps = gaps + topics[prompt, a] - topics[prompt, b]
    comparisons = Comparisons(a, b, outcome=_outcomes(gaps, rng), n_models=n)
    return Arena(comparisons, voter, prompt, population(strengths, np.hypot(design.taste, design.topic)))


def population(strengths: FloatArray, sd: float) -> FloatArray:
    """Return the strengths (n,) in log-odds, of sum zero, that infinitely many such people would give the models.

    sd: of taste and topic together, for one model; a gap has that of two.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    gaps = np.subtract.outer(strengths, strengths)
    chances = (1 / (1 + np.exp(-gaps[..., None] - np.sqrt(2) * sd * nodes))) @ (weights / weights.sum())
    np.fill_diagonal(chances, 0.0)
    none = np.zeros_like(chances)
    return fit(PairCounts(chances, none, both_bad=none))


def _voters(design: People, rng: np.random.Generator) -> IntArray:
    if design.tail == "even":
        return np.arange(design.votes) % design.voters
    size = design.voters
    shares = rng.lognormal(0, 1.2, size) if design.tail == "lognormal" else rng.pareto(1.2, size) + 0.05
    return rng.choice(size, design.votes, p=shares / shares.sum())


def _outcomes(gaps: FloatArray, rng: np.random.Generator) -> IntArray:
    """Return the outcomes (votes,): ties are likeliest between equals, so that the mean score is the chance to win."""
    chance = 1 / (1 + np.exp(-gaps))
    tie, luck = 4 * TIES * chance * (1 - chance), rng.random(len(gaps))
    decided = np.where(luck < chance + tie / 2, Outcome.MODEL_A, Outcome.MODEL_B)
    undecided = (luck >= chance - tie / 2) & (luck < chance + tie / 2)
    return np.where(undecided, Outcome.TIE, decided)
