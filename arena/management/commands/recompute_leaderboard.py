"""`manage.py recompute_leaderboard`: a board against its votes; exit code 1 if they differ."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from arena.actions.recompute_leaderboard import recompute_leaderboard
from arena.version import version


class Command(BaseCommand):
    help = "Compute a board again from the votes and print the largest difference"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--snapshot", type=int, metavar="ID", help="a board that is kept; the newest if not given")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = options["snapshot"]
        found = recompute_leaderboard(asked)
        if found is None and asked is not None:
            raise CommandError(
                f"There is no board {asked}, or it is not kept: older ones are thinned out to one a day."
            )
        if found is None:
            self.stdout.write("No board was published yet.")
            return
        line = (
            f"board {found.snapshot.pk}: {found.votes} votes, largest difference {found.largest_difference:.1e} points"
        )
        self.stdout.write(line)
        if found.snapshot.code_version != version():
            self.stdout.write(f"It was published by version {found.snapshot.code_version}; this is {version()}.")
        if found.problems:
            raise CommandError("\n".join(found.problems))
