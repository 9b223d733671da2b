"""`manage.py recompute_leaderboard` computes boards again from their votes, and exits with 1 if one differs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from arena.scoring.recompute import Recomputation, recompute_all_leaderboards, recompute_leaderboard
from arena.version import version


class Command(BaseCommand):
    help = "Compute a board again from the votes and print the largest difference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--snapshot", type=int, metavar="ID", help="board that is kept; the default is the newest of each category"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        boards = recompute_all_leaderboards() if options["snapshot"] is None else [_kept(options["snapshot"])]
        if not boards:
            self.stdout.write("No board was published yet.")
        for board in boards:
            self._tell(board)
        if problems := [problem for board in boards for problem in board.problems]:
            raise CommandError("\n".join(problems))

    def _tell(self, recomputed: Recomputation) -> None:
        board = f"board {recomputed.snapshot.pk} ({recomputed.snapshot.category})"
        self.stdout.write(
            f"{board}: {recomputed.votes} votes, largest difference {recomputed.largest_difference:.1e} points"
        )
        if recomputed.snapshot.code_version != version():
            self.stdout.write(f"It was published by version {recomputed.snapshot.code_version}; this is {version()}.")


def _kept(snapshot_id: int) -> Recomputation:
    recomputed = recompute_leaderboard(snapshot_id)
    if recomputed is None:
        hint = "older ones are thinned out to one a day"
        raise CommandError(f"There is no board {snapshot_id}, or it is not kept: {hint}.")
    return recomputed
