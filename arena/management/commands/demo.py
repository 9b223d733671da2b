from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from arena.demo.fill import HoldsOtherModels, fill_demo


class Command(BaseCommand):
    help = "Fill an empty arena with invented models, recorded answers and votes; a filled one stays. See `make demo`."

    def handle(self, *_: Any, **__: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is no demo: set ARENA_DEMO=yes, and ARENA_VAR to a folder of its own.")
        try:
            is_new = fill_demo(now=timezone.now())
        except HoldsOtherModels:
            raise CommandError(
                f"{settings.VAR} holds an arena with models of its own: set ARENA_VAR to another folder."
            ) from None
        # From now on this folder is a demo's, however it is started.
        (settings.VAR / "demo").touch()
        self.stdout.write("The demo is filled" if is_new else "The demo is there already")
