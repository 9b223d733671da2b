"""An arena without local models, for the test of `up`: everything else is as it is."""

import asyncio
import os
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402

from arena.supervisor import programs  # noqa: E402
from arena.supervisor.errors import CannotStart  # noqa: E402
from arena.supervisor.output import Terminal  # noqa: E402
from arena.supervisor.up import Site, up  # noqa: E402


async def _weights() -> list[str]:
    """Those that a test names; none of them are there."""
    return os.environ.get("SMALL_ARENA_WEIGHTS", "").split()


def main() -> int:
    """Runs until asked to end; 1 if it cannot start."""
    site = Site(
        var=settings.VAR,
        host=settings.HOST,
        port=settings.PORT,
        base_path=settings.BASE_PATH,
        local_tasks=1,
        preparation=programs.module("tests.supervisor.small_preparation"),
        weights=_weights,
    )
    try:
        asyncio.run(up(site, Terminal(sys.stdout)))
    except CannotStart as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
