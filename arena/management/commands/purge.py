from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from arena.history.purge import Purge, purge, record_purge, what_is_old
from arena.management.progress import progress_bar


class Command(BaseCommand):
    help = (
        "Delete the texts of battles, comments and shared links that are older than ARENA_RETENTION_DAYS, and accounts "
        "that nobody has used for ARENA_INACTIVE_DAYS. Votes stay as numbers, and boards to the digit."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=settings.RETENTION_DAYS, help="texts older than so many days")
        parser.add_argument(
            "--inactive-days", type=int, default=settings.INACTIVE_DAYS, help="accounts that were not used for so many"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")

    def handle(self, *, days: int, inactive_days: int, dry_run: bool, **options: Any) -> None:
        if days < 0 or inactive_days < 0:
            raise CommandError("A number of days is 0, which is never, or more.")
        now = timezone.now()
        if dry_run:
            old = what_is_old(texts_days=days, inactive_days=inactive_days, now=now)
            self.stdout.write(f"Would delete {_words(old)}.")
            return
        with progress_bar("Deleting texts", "battles") as bar:
            done = purge(
                texts_days=days,
                inactive_days=inactive_days,
                now=now,
                on_progress=lambda battles: bar.update(battles - bar.n),
            )
        record_purge(done)
        self.stdout.write(f"Deleted {_words(done)}. Votes and boards are as they were.")


def _words(done: Purge) -> str:
    texts = f"the texts of {done.battles:,} battles, {done.comments:,} comments, {done.shared:,} shared links"
    return f"{texts} and {done.accounts:,} accounts with their voters"
