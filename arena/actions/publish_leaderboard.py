"""Count what is uncounted and publish a new board."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
from django.db import transaction

from arena.comparisons import WeightedVote, add_to_digest, comparisons, newest_weights, pair_counts, weighted
from arena.models import Board, CountedVote, PairCount, Rating, RatingSnapshot, Uncounted
from arena.models.counts import OVERALL
from arena.queues import accept_publication_requests
from arena.version import version
from ratings import elo
from ratings.scale import START
from ratings.standings import Standings, standings

#: Which votes count and how: blind votes, each once, by the weight of their newest exclusion; half-win ties, HC3
#: intervals. A board of an older policy is published anew.
POLICY = "blind-2"
AT_ONCE = 10_000
KEPT_SNAPSHOTS = 200


def publish_leaderboard(*, now: datetime) -> RatingSnapshot | None:
    """The new board, or None where nothing was uncounted. One at a time: a second call waits for the first."""
    accept_publication_requests()
    if not Uncounted.objects.exists() and _is_current(RatingSnapshot.objects.newest()):
        return None
    with transaction.atomic():
        Board.objects.get_or_create(category=OVERALL)
        Board.objects.select_for_update().get(category=OVERALL)
        before = RatingSnapshot.objects.newest()
        changed, added = _count()
        if not changed and not added and _is_current(before):
            return None
        return _publish(before, changed, added, now)


def _is_current(board: RatingSnapshot | None) -> bool:
    return board is None or board.policy == POLICY


def counted_votes() -> list[WeightedVote]:
    """All counted votes in the order of counting, with the weights at which they are counted."""
    rows = CountedVote.objects.select_related("vote__battle").order_by("number")
    return [weighted(row.vote, row.weight) for row in rows.iterator(chunk_size=5000)]


Change = tuple[WeightedVote, WeightedVote]  # as counted before, as counted now


def _count() -> tuple[list[Change], list[WeightedVote]]:
    """Take the uncounted rows: votes whose weight has changed, and votes counted for the first time, in order."""
    waiting = list(Uncounted.objects.select_related("vote__battle", "vote__counted").order_by("pk")[:AT_ONCE])
    votes = {row.vote_id: row.vote for row in waiting}
    weights = newest_weights(votes.values())
    changed, added = [], []
    for vote in votes.values():
        now = weighted(vote, weights.get(vote.pk, 1.0))
        if not hasattr(vote, "counted"):
            added.append(now)
        elif vote.counted.weight != now.weight:
            changed.append((replace(now, weight=vote.counted.weight), now))
    _remember(changed, added)
    Uncounted.objects.filter(pk__in=[row.pk for row in waiting]).delete()
    return changed, added


def _remember(changed: Sequence[Change], added: Sequence[WeightedVote]) -> None:
    last = CountedVote.objects.order_by("-number").values_list("number", flat=True).first() or 0
    rows = [CountedVote(vote_id=v.vote_id, number=last + n, weight=v.weight) for n, v in enumerate(added, start=1)]
    CountedVote.objects.bulk_create(rows)
    for _, now in changed:
        CountedVote.objects.filter(vote_id=now.vote_id).update(weight=now.weight)
    _add_to_pairs(added, sign=1)
    _add_to_pairs([before for before, _ in changed], sign=-1)
    _add_to_pairs([now for _, now in changed], sign=1)


def _add_to_pairs(votes: Iterable[WeightedVote], *, sign: int) -> None:
    pairs: dict[tuple[int, int], PairCount] = {}
    for vote in votes:
        key = (min(vote.model_a, vote.model_b), max(vote.model_a, vote.model_b))
        if key not in pairs:
            pairs[key], _ = PairCount.objects.get_or_create(category=OVERALL, first_id=key[0], second_id=key[1])
        column = _column(vote)
        setattr(pairs[key], column, getattr(pairs[key], column) + sign * vote.weight)
    PairCount.objects.bulk_update(pairs.values(), ["first_wins", "second_wins", "ties", "both_bad"])


def _column(vote: WeightedVote) -> str:
    if vote.choice in ("tie", "both_bad"):
        return "ties" if vote.choice == "tie" else "both_bad"
    winner = vote.model_a if vote.choice == "model_a" else vote.model_b
    return "first_wins" if winner == min(vote.model_a, vote.model_b) else "second_wins"


def _publish(
    before: RatingSnapshot | None, changed: Sequence[Change], added: Sequence[WeightedVote], now: datetime
) -> RatingSnapshot:
    rows = list(PairCount.objects.filter(category=OVERALL).order_by("pk"))
    ids = sorted({row.first_id for row in rows} | {row.second_id for row in rows})
    index = {id: place for place, id in enumerate(ids)}
    board = standings(pair_counts(rows, index))
    points = _elo(before, changed, added, index)
    digest = add_to_digest(before.digest if before else "", [now_ for _, now_ in changed] + list(added))
    snapshot = RatingSnapshot.objects.create(
        policy=POLICY,
        code_version=version(),
        published=now,
        votes=(before.votes if before else 0) + _more_votes(changed, added),
        last_number=CountedVote.objects.order_by("-number").values_list("number", flat=True).first() or 0,
        digest=add_to_digest(digest, [before_ for before_, _ in changed], sign=-1),
    )
    Rating.objects.bulk_create(ratings_of(snapshot, ids, board, points))
    _forget_old_snapshots(snapshot)
    return snapshot


def _more_votes(changed: Sequence[Change], added: Sequence[WeightedVote]) -> int:
    """How many more votes count now, with a weight above zero."""
    turned = sum((now.weight > 0) - (before.weight > 0) for before, now in changed)
    return turned + sum(vote.weight > 0 for vote in added)


def _elo(
    before: RatingSnapshot | None,
    changed: Sequence[Change],
    added: Sequence[WeightedVote],
    index: dict[int, int],
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Elo goes on from the board before; a vote whose weight has changed means a replay from the first."""
    if before is None or changed:
        return elo.replay(comparisons(counted_votes(), index))
    known = dict(before.ratings.values_list("model_id", "elo"))
    initial = np.array([known.get(id, START) for id in index])
    return elo.replay(comparisons(added, index), initial=initial)


def ratings_of(snapshot: RatingSnapshot, ids: Sequence[int], board: Standings, points: Iterable[float]) -> list[Rating]:
    """The rows of a board, not stored yet; entries whose votes are all excluded have none."""
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
            votes=float(board.votes[i]),
            win_rate=float(board.win_rate[i]),
            provisional=str(board.reason[i] or ""),
        )
        for i, (id, points_i) in enumerate(zip(ids, points, strict=True))
        if board.group[i] >= 0
    ]


def _forget_old_snapshots(newest: RatingSnapshot) -> None:
    """Boards are computed again from the votes at will; the newest ones and the last of each day stay for history."""
    old = RatingSnapshot.objects.filter(category=newest.category, pk__lte=newest.pk - KEPT_SNAPSHOTS)
    kept: dict[object, int] = {
        published.date(): pk for pk, published in old.order_by("pk").values_list("pk", "published")
    }
    old.exclude(pk__in=kept.values()).delete()
