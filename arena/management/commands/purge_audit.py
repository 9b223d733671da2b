"""`manage.py purge_audit` drops lines of the audit log that are older than ARENA_AUDIT_DAYS."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from arena.people.audit import days_kept, drop_old_entries


class Command(BaseCommand):
    help = "Drop the lines of the audit log that are older than ARENA_AUDIT_DAYS, as the running arena does once a day."

    def handle(self, **_: Any) -> None:
        if not days_kept():
            self.stdout.write("ARENA_AUDIT_DAYS is 0: the audit log is kept for good.")
            return
        dropped = drop_old_entries(now=timezone.now())
        self.stdout.write(f"{dropped:,} lines older than {days_kept()} days are gone.")
