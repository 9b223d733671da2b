"""The board that an import publishes: in rounds while the file is read, and the last ones at its end."""

from collections.abc import Callable

from django.utils import timezone

from arena.models import PendingVote
from arena.scoring.counted_votes import AT_ONCE
from arena.scoring.features_ahead import FeaturesAhead
from arena.scoring.publish import publish_leaderboard


class ImportedBoard:
    """The board of an import, with the features that were found ahead of it."""

    def __init__(self, ahead: FeaturesAhead) -> None:
        self._ahead, self._counted = ahead, 0
        self.is_published = False

    def keep_up(self, new: int) -> None:
        """Publish a round where enough of the new votes wait for one."""
        if new - self._counted >= AT_ONCE and self._round(is_last=False):
            self._counted += AT_ONCE

    def finish(self, on_round: Callable[[], object] = lambda: None) -> None:
        """Publish all that is pending, a round at a time."""
        while self._round(is_last=PendingVote.objects.count() <= AT_ONCE):
            on_round()

    def _round(self, *, is_last: bool) -> bool:
        # A board that the next round replaces needs no intervals of its own.
        up_to = {} if is_last else {"cluster_up_to": 0}
        board = publish_leaderboard(now=timezone.now(), features_of=self._ahead.features_of, **up_to)
        self.is_published |= board is not None
        return board is not None
