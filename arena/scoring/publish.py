"""Count pending votes and publish a new board."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import numpy as np
from django.conf import settings
from django.db import transaction

from arena.models import Board, CountedVote, PendingVote, Rating, RatingSnapshot
from arena.models.counts import OVERALL
from arena.pairing.draw import Policy
from arena.pairing.plan import plan_pairing
from arena.queues import accept_publication_requests
from arena.scoring.board_rows import entry_ids, ratings_of
from arena.scoring.comparisons import add_to_digest, comparisons, stored_counts
from arena.scoring.count import Counting, count_votes, reweigh_sources
from arena.scoring.full_scan_boards import FULL_SCAN
from arena.scoring.pair_sums import replace_all_sums
from arena.scoring.prepare import Prepared, prepare_round
from arena.scoring.reclassify import reclassify_votes
from arena.version import version
from arena.votes.policy import policy
from ratings import elo
from ratings.arrays import FloatArray
from ratings.scale import START
from ratings.standings import Standings, standings

#: The newest boards that stay, of the overall board and of each category.
KEPT_SNAPSHOTS, KEPT_OF_A_CATEGORY = 200, 20


def publish_leaderboard(*, now: datetime) -> RatingSnapshot | None:
    """The new board, or None where nothing was pending. One at a time: a second call waits for the first."""
    accept_publication_requests()
    is_current = _is_current(RatingSnapshot.objects.newest())
    if is_current and not PendingVote.objects.exists():
        return None
    if not is_current:
        reclassify_votes()
        with _board_lock():
            reweigh_sources()
    prepared = prepare_round(full_rebuild=not is_current)
    with _board_lock():
        is_current = _is_current(RatingSnapshot.objects.newest())
        if not prepared.is_current:
            prepared = _prepared_again(full_rebuild=not is_current)
        if not is_current:
            replace_all_sums(prepared.sums)
        found = count_votes(prepared)
        if not found.changed and not found.added and is_current:
            return None
        return _publish_incrementally(found, now) if is_current else _publish_full_rebuild(found, now)


@contextmanager
def _board_lock() -> Iterator[None]:
    """A transaction in which nobody else counts or publishes. SQLite lets nobody else write at all meanwhile."""
    with transaction.atomic():
        Board.objects.get_or_create(category=OVERALL)
        Board.objects.select_for_update().get(category=OVERALL)
        yield


def _prepared_again(*, full_rebuild: bool) -> Prepared:
    """Somebody published while this round was prepared; now, by the holder of the lock, it takes as long as it does."""
    if full_rebuild:
        reweigh_sources()
    return prepare_round(full_rebuild=full_rebuild)


def _is_current(board: RatingSnapshot | None) -> bool:
    return board is None or board.policy == policy()


def _publish_incrementally(found: Counting, now: datetime) -> RatingSnapshot:
    for category in found.boards - {OVERALL}:
        _publish(category, RatingSnapshot.objects.newest(category), found.on(category), now)
    return _publish(OVERALL, RatingSnapshot.objects.newest(), found, now)


def _publish_full_rebuild(found: Counting, now: datetime) -> RatingSnapshot:
    """All boards that votes are on, or were on by older rules."""
    parts, nothing = found.full_rebuild(), Counting([], [], list)
    for category in (parts.keys() | RatingSnapshot.objects.categories()) - {OVERALL, *FULL_SCAN}:
        _publish(category, None, parts.get(category, nothing), now)
    return _publish(OVERALL, None, parts.get(OVERALL, nothing), now)


def _publish(category: str, before: RatingSnapshot | None, found: Counting, now: datetime) -> RatingSnapshot:
    ids = entry_ids()
    counts = stored_counts(ids, category)
    board = standings(counts)
    snapshot = RatingSnapshot(
        category=category,
        policy=policy(),
        code_version=version(),
        published=now,
        votes=(before.votes if before else 0) + _more_votes(found),
        last_number=CountedVote.objects.order_by("-number").values_list("number", flat=True).first() or 0,
        digest=_digest(before, found),
    )
    store_board(snapshot, ids, board, _elo(before, found, ids))
    if category == OVERALL and settings.PAIRING == Policy.INFORMATION:
        plan_pairing(ids, counts, board)
    return snapshot


def store_board(snapshot: RatingSnapshot, ids: Sequence[int], board: Standings, points: FloatArray) -> None:
    """The snapshot, not stored yet, and its rows; old boards of its category go. For a transaction."""
    snapshot.save()
    Rating.objects.bulk_create(ratings_of(snapshot, ids, board, points))
    _forget_old_snapshots(snapshot)


def _more_votes(found: Counting) -> int:
    """How many more votes count now, with a weight above zero."""
    turned = sum((now.weight > 0) - (before.weight > 0) for before, now in found.changed)
    return turned + sum(vote.weight > 0 for vote in found.added)


def _digest(before: RatingSnapshot | None, found: Counting) -> str:
    digest = add_to_digest(before.digest if before else "", [now for _, now in found.changed] + list(found.added))
    return add_to_digest(digest, [before for before, _ in found.changed], sign=-1)


def _elo(before: RatingSnapshot | None, found: Counting, ids: Sequence[int]) -> FloatArray:
    """Elo goes on from the board before; a vote whose weight has changed means a replay from the first."""
    index = {id: place for place, id in enumerate(ids)}
    if before is None or found.changed:
        return elo.replay(comparisons(found.all_votes, index))
    known = dict(before.ratings.values_list("model_id", "elo"))
    initial = np.array([known.get(id, START) for id in ids])
    return elo.replay(comparisons(found.added, index), initial=initial)


def _forget_old_snapshots(newest: RatingSnapshot) -> None:
    """Boards are computed again from the votes at will; the newest ones and the last of each day stay for history."""
    boards = RatingSnapshot.objects.filter(category=newest.category).order_by("-pk")
    n_kept = KEPT_SNAPSHOTS if newest.category == OVERALL else KEPT_OF_A_CATEGORY
    old = boards.filter(pk__in=boards.values("pk")[n_kept:])
    kept: dict[object, int] = {
        published.date(): pk for pk, published in old.order_by("pk").values_list("pk", "published")
    }
    old.exclude(pk__in=kept.values()).delete()
