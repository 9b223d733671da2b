"""The publication of the boards that need every vote at once.

They take seconds after a million votes, where the others take milliseconds; so a clock asks for them, not each vote.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from arena.models import RatingSnapshot
from arena.models.counts import RECENT, VOICES
from arena.scoring.board_rows import entry_ids
from arena.scoring.comparisons import add_to_digest
from arena.scoring.full_scan_boards import FULL_SCAN, full_scan_board, full_scan_votes
from arena.scoring.publish import store_board
from arena.version import version
from arena.votes.policy import policy
from ratings.errors import NotConverged

#: A window moves on without votes; it is looked at so often.
WINDOW_REFRESH = timedelta(hours=1)
#: Boards of so many votes rest so long: a million are read again after a quarter of an hour.
REPUBLISH_DELAY_PER_VOTE = timedelta(milliseconds=1)

logger = logging.getLogger(__name__)


def publish_full_scan_boards(*, now: datetime) -> list[RatingSnapshot]:
    """Publish and return the boards whose votes are not those of their newest board.

    Returns none while the overall board has older rules.
    """
    overall = RatingSnapshot.objects.newest()
    if overall is None or overall.policy != policy():
        return []
    wanted = [category for category in FULL_SCAN if category != VOICES or settings.VOICES]
    published = (_publish(category, overall, now) for category in wanted if _is_due(category, overall, now))
    return [board for board in published if board is not None]


def _is_due(category: str, overall: RatingSnapshot, now: datetime) -> bool:
    newest = RatingSnapshot.objects.newest(category)
    if newest is None or newest.policy != overall.policy:
        return True
    # Not by time: the two are published side by side, and what began earlier may end later.
    if newest.overall_snapshot_id != overall.pk or newest.is_before_links():
        return now - newest.published >= overall.votes * REPUBLISH_DELAY_PER_VOTE
    return category == RECENT and now - newest.published >= WINDOW_REFRESH


def _publish(category: str, overall: RatingSnapshot, now: datetime) -> RatingSnapshot | None:
    # Outside of a transaction: on SQLite one would keep every vote waiting.
    scan = full_scan_votes(category, until=now, last_number=overall.last_number)
    digest, newest = add_to_digest("", scan.votes), RatingSnapshot.objects.newest(category)
    if newest is None and not scan.votes:
        return None
    is_same = newest is not None and (newest.digest, newest.policy) == (digest, policy())
    if newest is not None and is_same and not newest.is_before_links():
        RatingSnapshot.objects.filter(pk=newest.pk).update(overall_snapshot=overall)
        return None
    ids = entry_ids()
    try:
        board = full_scan_board(scan, ids)
    except NotConverged:
        logger.exception("the %s board has no maximum", category)
        return None
    snapshot = RatingSnapshot(
        category=category,
        policy=policy(),
        code_version=version(),
        published=now,
        votes=len(scan.votes),
        last_number=overall.last_number,
        overall_snapshot=overall,
        digest=digest,
        clustered_at=now,
        voters=board.votes.voters,
        prompts=board.votes.prompts,
        effects=board.effects,
    )
    with transaction.atomic():
        store_board(snapshot, board.rows(snapshot, ids))
    return snapshot
