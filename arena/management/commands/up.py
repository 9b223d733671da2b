"""`python manage.py up` starts the whole arena with one command."""

import asyncio
import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from arena.models import LanguageModel
from arena.supervisor import programs
from arena.supervisor.errors import CannotStart
from arena.supervisor.output import Terminal
from arena.supervisor.up import Site, up


class Command(BaseCommand):
    help = "Run the whole arena: Redis, web server, workers and clock. Ctrl-C ends all of it."
    requires_system_checks = []  # they come first among the preparations, in a process that may import everything

    def handle(self, *_: Any, **__: Any) -> None:
        os.chdir(settings.BASE_DIR)  # the children import the project from here
        os.environ["PYTHONUNBUFFERED"] = "1"
        site = Site(
            var=settings.VAR,
            host=settings.HOST,
            port=settings.PORT,
            base_path=settings.BASE_PATH,
            local_tasks=settings.LOCAL_CONCURRENCY,
            preparation=programs.module("arena.supervisor.prepare"),
            weights=_local_weights,
            # Cookies know no ports: by a name of its own, the demo leaves those of an arena at 127.0.0.1 alone.
            shown_host="localhost" if settings.DEMO and settings.HOST == "127.0.0.1" else "",
        )
        try:
            asyncio.run(up(site, Terminal(sys.stdout)))
        except CannotStart as problem:
            self.stderr.write(str(problem))
            sys.exit(1)


async def _local_weights() -> list[str]:
    active = LanguageModel.objects.serving().exclude(weights="")
    return [weights async for weights in active.order_by().values_list("weights", flat=True).distinct()]
