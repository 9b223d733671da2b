"""Two things worth saying beside a board: which model of ties fits, and how firmly rank 1 is held."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ratings import bradley_terry, held_out
from ratings.encoding import NamedComparisons
from ratings.held_out import NAMES
from ratings.robustness import smallest_upset


@dataclass(frozen=True)
class Remark:
    """figures: plain values by name; sentence: the same in words."""

    figures: dict[str, Any]
    sentence: str


def on_ties(named: NamedComparisons, *, seed: int) -> Remark:
    """The held-out log loss of each model of ties, in nats per vote. Raises as held_out.compare."""
    found = held_out.compare(named.votes.fold(), rng=np.random.default_rng(seed))
    second = NAMES[int(np.argsort(found.losses)[1])]
    gain, error = found.advantage(found.best, second)
    losses = dict(zip(NAMES, found.losses.tolist(), strict=True))
    listed = ", ".join(f"{name.replace('_', '-')} {loss:.4f}" for name, loss in losses.items())
    best = found.best.replace("_", "-")
    return Remark(
        {**losses, "best": found.best, "gain": gain, "gain_error": error, "votes": found.votes},
        f"Held-out log loss in nats per vote: {listed}; {best} foretells these votes best, "
        f"by {gain:.4f} (standard error {error:.4f}) before {second.replace('_', '-')}.",
    )


def on_rank_1(named: NamedComparisons) -> Remark:
    """The fewest votes found whose removal changes rank 1, among the models that their votes alone rate."""
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
