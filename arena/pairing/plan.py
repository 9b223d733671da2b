"""Leave a plan for the next battles: how much a vote on each pair of entries would tell."""

from collections.abc import Sequence

import numpy as np

from arena.models import LanguageModel, PairingPlan
from arena.models.catalog import Kind, Pool, State
from arena.pairing.draw import pack
from ratings.arrays import BoolArray, FloatArray, IntArray
from ratings.counts import PairCounts
from ratings.information import information_gain
from ratings.scale import to_log_odds
from ratings.standings import Standings


def plan_pairing(ids: Sequence[int], counts: PairCounts, standings: Standings) -> None:
    """Replace the plan of each pool. ids: pks of all entries, in the order of the counts and the standings."""
    cards = dict(LanguageModel.objects.values_list("pk", "kind"))
    is_recorded = np.array([cards[id] == Kind.RECORDED for id in ids])
    retired = np.isin(ids, list(LanguageModel.objects.filter(state=State.RETIRED).values_list("pk", flat=True)))
    strengths, factors = to_log_odds(standings.rating), standings.design_factors
    for pool, is_member in ((Pool.LIVE, ~is_recorded), (Pool.RECORDED, is_recorded)):
        members = np.flatnonzero(is_member)
        _plan(
            pool,
            np.array(ids)[members],
            counts.among(members),
            strengths=strengths[members],
            design_factors=factors[members],
            retired=retired[members],
        )


def _plan(
    pool: Pool,
    ids: IntArray,
    counts: PairCounts,
    *,
    strengths: FloatArray,
    design_factors: FloatArray,
    retired: BoolArray,
) -> None:
    """Replace the plan of one pool. Retired entries meet nobody, but what they taught about the others holds."""
    stays = np.flatnonzero(~retired)
    if len(stays) < 2 or not counts.battles.any():
        PairingPlan.objects.filter(pool=pool).delete()
        return
    outages = np.flatnonzero(retired).tolist()
    shares = information_gain(counts, strengths, outages=outages, design_factors=design_factors).matrix
    plan = PairingPlan(pool=pool, entries=ids[stays].tolist(), shares=pack(shares[np.ix_(stays, stays)]))
    plan.save()
