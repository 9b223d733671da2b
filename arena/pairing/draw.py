"""Which two entries meet: the operator's policy, and the plan that the newest board left for it."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from random import Random

import numpy as np
from django.conf import settings

from arena.models import LanguageModel, PairingPlan, RatingSnapshot
from ratings import pairing
from ratings.arrays import FloatArray
from ratings.pairing import Pair, PairProbabilities

FEW_VOTES = 500
BOOST = 5.0


class Policy(StrEnum):
    """How pairs are drawn.

    UNIFORM: all pairs alike. WEIGHTED: entries with few votes more often. INFORMATION: by the newest plan.
    """

    UNIFORM = "uniform"
    WEIGHTED = "weighted"
    INFORMATION = "information"


def draw_pair(entries: Sequence[LanguageModel], rng: Random) -> Pair:
    """Draw two of these entries, as places among them. entries: at least two, of one pool."""
    return pairing.draw(chances(entries), rng)


def chances(entries: Sequence[LanguageModel]) -> PairProbabilities:
    """Return the chance of every pair of these entries under the policy of ARENA_PAIRING, in one query at most."""
    return _CHANCES[Policy(settings.PAIRING)](entries)


def pack(shares: FloatArray) -> bytes:
    """Return one triangle of a symmetric matrix (n, n) as 4-byte floats: proportions need no more digits."""
    return shares[np.triu_indices(len(shares), 1)].astype("<f4").tobytes()


def unpack(packed: bytes | memoryview, size: int) -> FloatArray:
    """Return the matrix (size, size) that was packed, its diagonal 0."""
    shares = np.zeros((size, size))
    shares[np.triu_indices(size, 1)] = np.frombuffer(packed, dtype="<f4")
    return shares + shares.T


def _uniform(entries: Sequence[LanguageModel]) -> PairProbabilities:
    return pairing.weighted(np.ones(len(entries)))


def _weighted(entries: Sequence[LanguageModel]) -> PairProbabilities:
    votes = RatingSnapshot.objects.newest_votes()
    few = [place for place, entry in enumerate(entries) if votes.get(entry.pk, 0) < FEW_VOTES]
    return pairing.weighted(np.ones(len(entries)), boosts=dict.fromkeys(few, BOOST))


def _by_information(entries: Sequence[LanguageModel]) -> PairProbabilities:
    plan = PairingPlan.objects.filter(pool=entries[0].pool).first()
    shares = _planned(plan, entries) if plan else None
    return _uniform(entries) if shares is None else _cap_exposure(PairProbabilities(shares))


def _planned(plan: PairingPlan, entries: Sequence[LanguageModel]) -> FloatArray | None:
    """Return the shares of the entries by the plan, (n, n); None where it knows fewer than two of them."""
    places = {id: place for place, id in enumerate(plan.entries)}
    place = np.array([places.get(entry.pk, -1) for entry in entries])
    is_new = place < 0
    if (~is_new).sum() < 2:
        return None
    shares: FloatArray = unpack(plan.shares, len(places))[np.ix_(place, place)]
    shares[is_new] = shares[:, is_new] = 0
    # Added after the board: wanted as much as the most wanted one, until the next board plans for it too.
    wanted = np.where(is_new, shares.max(), shares.max(axis=1))
    shares = np.where(is_new | is_new[:, None], np.minimum.outer(wanted, wanted), shares)
    np.fill_diagonal(shares, 0)
    return shares


def _cap_exposure(pairs: PairProbabilities) -> PairProbabilities:
    """Mix in even chances until each entry is left out at least half as often as even chances would leave it out.

    A newcomer would otherwise sit in nearly all battles, and one that always fails could stop all votes.
    """
    size = len(pairs)
    even, most = 2 / size, float(pairs.matrix.sum(axis=1).max())
    limit = (1 + even) / 2
    if most <= limit:
        return pairs
    mix = (most - limit) / (most - even)
    return PairProbabilities((1 - mix) * pairs.matrix + mix * pairing.weighted(np.ones(size)).matrix)


_CHANCES: dict[Policy, Callable[[Sequence[LanguageModel]], PairProbabilities]] = {
    Policy.UNIFORM: _uniform,
    Policy.WEIGHTED: _weighted,
    Policy.INFORMATION: _by_information,
}
