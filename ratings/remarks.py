"""Remarks beside a board: which model of ties fits, and how firmly rank 1 is held."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ratings import bradley_terry, held_out
from ratings.encoding import NamedComparisons
from ratings.held_out import NAMES
from ratings.robustness import smallest_upset


@dataclass(frozen=True)
class Remark:
    """A remark on a board. figures: plain values by name; sentence: the same in words."""

    figures: dict[str, Any]
    sentence: str


def on_ties(named: NamedComparisons, *, seed: int) -> Remark:
    """Return the held-out log loss of each model of ties, in nats per vote. Raises what held_out.compare raises."""
    held = held_out.compare(named.votes.fold(), rng=np.random.default_rng(seed))
    second = NAMES[int(np.argsort(held.losses)[1])]
    gain, error = held.advantage(held.best, second)
    losses = dict(zip(NAMES, held.losses.tolist(), strict=True))
    listed = ", ".join(f"{name.replace('_', '-')} {loss:.4f}" for name, loss in losses.items())
    best = held.best.replace("_", "-")
    return Remark(
        {**losses, "best": held.best, "gain": gain, "gain_error": error, "votes": held.votes},
        f"Held-out log loss in nats per vote: {listed}; {best} foretells these votes best, "
        f"by {gain:.4f} (standard error {error:.4f}) before {second.replace('_', '-')}.",
    )


def on_rank_1(named: NamedComparisons) -> Remark:
    """Return the fewest votes found whose removal changes rank 1 among the models rated by their votes alone."""
    counts = named.votes.fold()
    models = bradley_terry.core(counts)
    upset = smallest_upset(counts.among(models)) if len(models) else None
    if upset is None:
        return Remark({"leader": None, "successor": None, "votes": None}, "No removal of votes gives another leader.")
    leader, successor = (named.names[models[index]] for index in (upset.leader, upset.successor))
    votes = int(np.ceil(upset.votes))
    return Remark(
        {"leader": leader, "successor": successor, "votes": votes},
        f"Without {votes} of these votes (fewer may do) {leader} would yield rank 1 to {successor}.",
    )
