"""`manage.py recompute_leaderboard`: the newest board against its votes; exit code 1 if they differ."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from arena.actions.recompute_leaderboard import recompute_leaderboard


class Command(BaseCommand):
    help = "Compute the newest board again from the votes and print the largest difference"

    def handle(self, *args: Any, **options: Any) -> None:
        found = recompute_leaderboard()
        if found is None:
            self.stdout.write("No board was published yet.")
            return
        line = (
            f"board {found.snapshot.pk}: {found.votes} votes, largest difference {found.largest_difference:.1e} points"
        )
        self.stdout.write(line)
        if found.problems:
            raise CommandError("\n".join(found.problems))
