"""One published board by its id: its rows, and what it takes to compute them again."""

from dataclasses import dataclass

from arena.leaderboard.board_categories import label_of
from arena.leaderboard.columns import BoardColumn
from arena.leaderboard.rows import BoardGroup, RowContext, board_groups
from arena.leaderboard.table import Head, heads, worth_showing
from arena.leaderboard.view import View
from arena.models import RatingSnapshot


@dataclass(frozen=True)
class SnapshotPage:
    """What the page of one board shows.

    earlier, later: ids of the stored boards of the same category before and after it; None at either end.
    """

    snapshot: RatingSnapshot
    groups: tuple[BoardGroup, ...]
    columns: tuple[BoardColumn, ...]
    category: str
    models: int
    earlier: int | None
    later: int | None

    @property
    def address(self) -> str:
        """Return the query under which the leaderboard shows this category."""
        return View().address(category=self.snapshot.category)

    @property
    def heads(self) -> list[Head]:
        return heads(self.columns, None, self.groups)


def snapshot_page(snapshot_id: int) -> SnapshotPage | None:
    """Return the page of the board with this id, in a fixed number of queries.

    None where no board has this id, or it is not stored any more.
    """
    snapshot = RatingSnapshot.objects.shown().filter(pk=snapshot_id).first()
    if snapshot is None:
        return None
    ratings = snapshot.rows()
    groups = board_groups(ratings, RowContext.empty(ratings))
    stored = RatingSnapshot.objects.shown().filter(category=snapshot.category).values_list("pk", flat=True)
    return SnapshotPage(
        snapshot=snapshot,
        groups=groups,
        columns=tuple(worth_showing(View(), [row for group in groups for row in group.rows])),
        category=label_of(snapshot.category),
        models=len(ratings),
        earlier=stored.filter(pk__lt=snapshot.pk).order_by("-pk").first(),
        later=stored.filter(pk__gt=snapshot.pk).order_by("pk").first(),
    )
