"""The rows of a board, made of standings, which are arrays."""

from collections.abc import Iterable, Sequence

import numpy as np

from arena.models import LanguageModel, Rating, RatingSnapshot
from ratings.standings import Standings, certainty


def entry_ids() -> list[int]:
    """Return the pks of all entries that may compete, ascending: their order in the arrays of a board."""
    return list(LanguageModel.objects.competing().order_by("pk").values_list("pk", flat=True))


def ratings_of(
    snapshot: RatingSnapshot | None,
    ids: Sequence[int],
    board: Standings,
    points: Iterable[float],
    effective: tuple[Iterable[float], Iterable[float]] | None = None,
) -> list[Rating]:
    """Return the rows of a board, not stored yet; entries without a vote that counts have none.

    ids, points: pks and Elo of all entries, in the order of the standings. snapshot: the rows' own; None for a preview.
    effective: the numbers of voters and of prompts in the same order, NaN where none is known; None: not computed.
    """
    firm, factors = certainty(board), board.design_factors
    voters, prompts = (list(map(_known, each)) for each in effective or ([np.nan] * len(ids),) * 2)
    return [
        Rating(
            snapshot=snapshot,
            model_id=id,
            rating=float(board.rating[i]),
            lower=float(board.lower[i]),
            upper=float(board.upper[i]),
            elo=float(points_i),
            group=int(board.group[i]),
            rank=int(board.rank[i]),
            rank_best=int(board.rank_best[i]),
            rank_worst=int(board.rank_worst[i]),
            rank_simultaneous=int(firm.rank_simultaneous[i]),
            above_next=_known(firm.above_next[i]),
            votes=float(board.votes[i]),
            win_rate=float(board.win_rate[i]),
            both_bad_rate=float(board.both_bad_rate[i]),
            design_factor=float(factors[i]),
            effective_voters=voters[i],
            effective_prompts=prompts[i],
            provisional=str(board.reason[i] or ""),
        )
        for i, (id, points_i) in enumerate(zip(ids, points, strict=True))
        if board.group[i] >= 0
    ]


def _known(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
