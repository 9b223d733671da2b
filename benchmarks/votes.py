"""Simulated votes whose truth is known: names, outcomes in words, and four features of style that sway the voter."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from ratings.arrays import FloatArray

SPREAD = 0.6  # standard deviation of the true strengths, in log-odds
UNDECIDED = 0.3  # share of votes that are a tie or both_bad, half each
WORTH = np.array([0.25, 0.08, 0.05, 0.03])  # of a feature's root mean square, in log-odds
STYLE = tuple(f"style_{number}" for number in range(len(WORTH)))
VOTES_A_VOTER, BUSY = 20, 1.2  # in the mean, and the standard deviation of their logarithm
PROMPTS = 10_000  # evenly asked
WORDS = np.array(["model_a", "model_b", "tie", "both_bad"])


@dataclass(frozen=True, eq=False)
class Simulated:
    """Votes and the truth behind them.

    a, b, outcome: (votes,) codes; features: (votes, 4); strengths: (n,) true log-odds; names: (n,).
    """

    a: np.ndarray
    b: np.ndarray
    outcome: np.ndarray
    features: FloatArray
    strengths: FloatArray
    names: np.ndarray


def simulate(n_models: int, n_votes: int, *, seed: int = 0, styled: bool = True) -> Simulated:
    """Return votes on pairs drawn evenly, with the expected score of Bradley-Terry and style.

    Ties are likelier between equals.
    A model's style goes with its strength, so that leaving style out of the fit shows.
    """
    rng = np.random.default_rng(seed)
    strengths = rng.normal(0, SPREAD, n_models)
    strengths -= strengths.mean()
    a = rng.integers(0, n_models, n_votes)
    b = (a + rng.integers(1, n_models, n_votes)) % n_models
    manner = rng.normal(0, 0.5, (n_models, len(WORTH))) + 0.3 * strengths[:, None]
    features = np.tanh(manner[a] - manner[b] + rng.normal(0, 0.5, (n_votes, len(WORTH))))
    scaled = features / np.sqrt((features**2).mean(axis=0))
    chance = 1 / (1 + np.exp(strengths[b] - strengths[a] - (scaled @ WORTH if styled else 0)))
    room = 4 * chance * (1 - chance)
    tie = min(0.5, UNDECIDED / room.mean()) * room
    luck = rng.random(n_votes)
    undecided = 2 + (rng.random(n_votes) < 0.5)
    outcome = np.where(luck < tie, undecided, np.where(luck < chance + tie / 2, 0, 1))
    names = np.array([f"organisation-{i % 37}/model-{i:03d}-instruct" for i in range(n_models)])
    return Simulated(a, b, outcome, features, strengths, names)


def write(votes: Simulated, path: Path) -> None:
    """Write a Parquet file as a user has one: names, words, voters, prompts, and a column for each feature."""
    rng = np.random.default_rng(1)
    busy = rng.lognormal(0, BUSY, max(2, len(votes.a) // VOTES_A_VOTER))
    voter, prompt = rng.choice(len(busy), len(votes.a), p=busy / busy.sum()), rng.integers(0, PROMPTS, len(votes.a))
    columns = {
        "voter": pa.array(np.array([f"voter-{i:06d}" for i in range(len(busy))])[voter]),
        "prompt": pa.array(np.array([f"prompt-{i:05d}" for i in range(PROMPTS)])[prompt]),
        "model_a": pa.array(votes.names[votes.a]),
        "model_b": pa.array(votes.names[votes.b]),
        "winner": pa.array(WORDS[votes.outcome]),
        **{name: pa.array(votes.features[:, k]) for k, name in enumerate(STYLE)},
    }
    pyarrow.parquet.write_table(pa.table(columns), path)
