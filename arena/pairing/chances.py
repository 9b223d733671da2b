"""The chance of each pair in the next draw."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.conf import settings

from arena.models import LanguageModel
from arena.pairing.draw import chances

MAX_PAIRS = 100


@dataclass(frozen=True)
class PairChance:
    """The chance of two entries to be drawn, whoever sits on which side. percent: of all draws."""

    first: str
    second: str
    percent: float


@dataclass(frozen=True)
class PairDraw:
    """What the next draw may give.

    pairs: the likeliest first. rest: how many more there are; rest_percent: their chance together.
    """

    policy: str
    pairs: tuple[PairChance, ...] = ()
    rest: int = 0
    rest_percent: float = 0.0


def pair_draw(entries: Sequence[LanguageModel]) -> PairDraw:
    """Return the chances of these entries, in one query at most; of fewer than two there are no pairs."""
    if len(entries) < 2:
        return PairDraw(settings.PAIRING)
    matrix = chances(entries).matrix
    low, high = np.triu_indices(len(entries), 1)
    percents = 100 * matrix[low, high]
    order = np.argsort(-percents, kind="stable")
    shown, rest = order[:MAX_PAIRS], order[MAX_PAIRS:]
    pairs = (
        PairChance(entries[low[cell]].display_name, entries[high[cell]].display_name, float(percents[cell]))
        for cell in shown
    )
    return PairDraw(settings.PAIRING, tuple(pairs), len(rest), float(percents[rest].sum()))
