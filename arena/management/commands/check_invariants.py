"""`manage.py check_invariants` prints a sentence for each rule that is broken, and exits with 1 if there is one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from arena.scoring.check_invariants import check_invariants


class Command(BaseCommand):
    help = "Check that the board follows from the votes, and that nothing is stuck or doubled."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = check_invariants(now=timezone.now())
        if broken:
            raise CommandError("\n".join(broken))
        self.stdout.write(self.style.SUCCESS("All invariants hold."))
