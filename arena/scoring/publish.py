"""The publication of a new board: pending votes are counted, and the boards that they are on fitted again."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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
from arena.scoring.cluster_intervals import MAX_VOTES_AT_ONCE, Carried, Rated, are_of, cluster_intervals
from arena.scoring.comparisons import add_to_digest, comparisons, stored_counts
from arena.scoring.count import Counting, count_votes, reweigh_sources
from arena.scoring.full_scan_boards import FULL_SCAN
from arena.scoring.numbered_votes import NumberedVotes, numbered_votes
from arena.scoring.pair_sums import replace_all_sums
from arena.scoring.prepare import FeaturesOf, Prepared, prepare_round
from arena.scoring.reclassify import reclassify_votes
from arena.scoring.vote_features import features_of
from arena.version import version
from arena.votes.policy import policy
from ratings import elo
from ratings.arrays import FloatArray
from ratings.scale import START

#: The newest boards that stay, of the overall board and of each category.
KEPT_SNAPSHOTS, KEPT_OF_A_CATEGORY = 200, 20
#: Of so many votes the intervals by voter and by prompt are fitted with the ratings: read in hundredths of a second.
MAX_VOTES_UNDER_LOCK = 2_000


def publish_leaderboard(
    *, now: datetime, cluster_up_to: int = MAX_VOTES_AT_ONCE, features_of: FeaturesOf = features_of
) -> RatingSnapshot | None:
    """Publish and return the new overall board, or None where nothing was pending.

    One at a time: a second call waits for the first. cluster_up_to: a board of more votes gets its own intervals later.
    features_of: finds the features of votes on battles, for those who have them already.
    """
    accept_publication_requests()
    is_current = _is_current(RatingSnapshot.objects.newest())
    if is_current and not PendingVote.objects.exists():
        return None
    if not is_current:
        reclassify_votes()
        with _board_lock():
            reweigh_sources()
    prepared = prepare_round(full_rebuild=not is_current, features_of=features_of)
    with _board_lock():
        newest = RatingSnapshot.objects.newest()
        is_current = _is_current(newest)
        if not prepared.is_current:
            prepared = _prepared_again(full_rebuild=not is_current)
        if not is_current:
            replace_all_sums(prepared.sums)
        counting = count_votes(prepared)
        if not counting.changed and not counting.added and is_current:
            return None
        n_votes = _n_votes(newest if is_current else None, counting)
        this = _Round.of(counting, now, is_small=n_votes <= min(cluster_up_to, MAX_VOTES_UNDER_LOCK))
        board = _publish_incrementally(this) if is_current else _publish_full_rebuild(this)
    if this.votes is None and n_votes <= cluster_up_to:
        cluster_intervals(now=now)
    return board


@dataclass(frozen=True)
class _Round:
    """What all boards of one round are made of.

    ids: pks of all entries; last_number: of the counted votes; votes: all that count, where they are few enough for
    intervals by voter and by prompt to come with the ratings, in one fit.
    """

    counting: Counting
    now: datetime
    ids: Sequence[int]
    last_number: int
    votes: NumberedVotes | None

    @classmethod
    def of(cls, counting: Counting, now: datetime, *, is_small: bool) -> "_Round":
        last = CountedVote.objects.order_by("-number").values_list("number", flat=True).first() or 0
        ids = entry_ids()
        return cls(counting, now, ids, last, numbered_votes(ids, last_number=last, until=now) if is_small else None)

    def rate(self, category: str) -> Rated:
        """Return the board of a category."""
        counts = stored_counts(self.ids, category)
        if self.votes is not None:
            votes = self.votes.on(category)
            if are_of(votes, counts):  # else the invariants tell why not
                return Rated.by_votes(votes, self.now)
        return Rated.by_counts(counts, Carried.to(category, self.ids))


@contextmanager
def _board_lock() -> Iterator[None]:
    """Hold a transaction in which nobody else counts or publishes."""
    # On SQLite nobody else can write at all meanwhile, so what takes long is done before.
    with transaction.atomic():
        Board.objects.get_or_create(category=OVERALL)
        Board.objects.select_for_update().get(category=OVERALL)
        yield


def _prepared_again(*, full_rebuild: bool) -> Prepared:
    """Return the reading of the round, done again because somebody published meanwhile."""
    # Under the lock this time: however long it takes, nobody can publish before it is used.
    if full_rebuild:
        reweigh_sources()
    return prepare_round(full_rebuild=full_rebuild)


def _is_current(board: RatingSnapshot | None) -> bool:
    return board is None or board.policy == policy()


def _publish_incrementally(this: _Round) -> RatingSnapshot:
    """Publish the boards that this round changes, each from the one before it, and return the overall one."""
    for category in this.counting.boards - {OVERALL}:
        _publish(category, RatingSnapshot.objects.newest(category), this.counting.on(category), this)
    return _publish(OVERALL, RatingSnapshot.objects.newest(), this.counting, this)


def _publish_full_rebuild(this: _Round) -> RatingSnapshot:
    """Publish all boards that votes are on, or were on by older rules, and return the overall one."""
    parts, nothing = this.counting.full_rebuild(), Counting([], [], list)
    for category in (parts.keys() | RatingSnapshot.objects.categories()) - {OVERALL, *FULL_SCAN}:
        _publish(category, None, parts.get(category, nothing), this)
    return _publish(OVERALL, None, parts.get(OVERALL, nothing), this)


def _publish(category: str, before: RatingSnapshot | None, counting: Counting, this: _Round) -> RatingSnapshot:
    rated = this.rate(category)
    snapshot = RatingSnapshot(
        category=category,
        policy=policy(),
        code_version=version(),
        published=this.now,
        votes=(before.votes if before else 0) + _more_votes(counting),
        last_number=this.last_number,
        digest=_digest(before, counting),
        voters=rated.voters,
        prompts=rated.prompts,
        clustered_at=rated.clustered_at,
    )
    points = _elo(before, counting, this.ids)
    store_board(snapshot, ratings_of(snapshot, this.ids, rated.standings, points, rated.effective))
    if category == OVERALL and settings.PAIRING == Policy.INFORMATION:
        plan_pairing(this.ids, rated.counts, rated.standings)
    return snapshot


def store_board(snapshot: RatingSnapshot, rows: Iterable[Rating]) -> None:
    """Store the snapshot and its rows, and delete old boards of its category. For a transaction."""
    snapshot.save()
    Rating.objects.bulk_create(rows)
    _forget_old_snapshots(snapshot)


def _n_votes(before: RatingSnapshot | None, counting: Counting) -> int:
    """Return how many votes the overall board of this round counts. before: None where all are counted again."""
    if before is None:
        return sum(vote.weight > 0 for vote in counting.all_votes)
    return before.votes + _more_votes(counting)


def _more_votes(counting: Counting) -> int:
    """Return how many more votes count now, with a weight above zero; negative where fewer do."""
    turned = sum((now.weight > 0) - (before.weight > 0) for before, now in counting.changed)
    return turned + sum(vote.weight > 0 for vote in counting.added)


def _digest(before: RatingSnapshot | None, counting: Counting) -> str:
    added = [now for _, now in counting.changed] + list(counting.added)
    digest = add_to_digest(before.digest if before else "", added)
    return add_to_digest(digest, [was for was, _ in counting.changed], sign=-1)


def _elo(before: RatingSnapshot | None, counting: Counting, ids: Sequence[int]) -> FloatArray:
    """Return (n,) Elo after this round, which goes on from the board before."""
    index = {id: place for place, id in enumerate(ids)}
    if before is None or counting.changed:
        # Elo depends on the order: with another weight of an early vote all later steps are other ones.
        return elo.replay(comparisons(counting.all_votes, index))
    known = dict(before.ratings.values_list("model_id", "elo"))
    initial = np.array([known.get(id, START) for id in ids])
    return elo.replay(comparisons(counting.added, index), initial=initial)


def _forget_old_snapshots(newest: RatingSnapshot) -> None:
    """Delete older boards of the same category, but for the newest ones and the last of each day, for its history."""
    # Nothing is lost: a board can be computed again from the votes.
    boards = RatingSnapshot.objects.filter(category=newest.category).order_by("-pk")
    n_kept = KEPT_SNAPSHOTS if newest.category == OVERALL else KEPT_OF_A_CATEGORY
    old = list(boards.values_list("pk", "published")[n_kept:])
    last_of_day = {published.date(): pk for pk, published in reversed(old)}
    if forgotten := {pk for pk, _ in old} - set(last_of_day.values()):
        RatingSnapshot.objects.filter(pk__in=forgotten).delete()
