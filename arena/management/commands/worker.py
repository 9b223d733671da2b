"""`manage.py worker --hosts NAME[,NAME]` runs workers on another machine, with two addresses and the secret key."""

import asyncio
import os
import signal
import socket
import sys
from argparse import ArgumentParser
from collections.abc import Collection, Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from arena.conf.redis_clients import RedisUnreachable, ping
from arena.entries.catalog import CatalogError
from arena.entries.prepare import prepare_weights
from arena.models import LanguageModel
from arena.queues import DEFAULT, REMOTE, QueueUnavailable, host_queue, served
from arena.supervisor.child import CANNOT_SERVE, Child, Program
from arena.supervisor.family import Family
from arena.supervisor.output import Terminal
from arena.supervisor.programs import queue_of, workers


class Command(BaseCommand):
    help = "Run the workers of some hosts on any machine that reaches DATABASE_URL and REDIS_URL. Ctrl-C ends them."
    requires_system_checks = []  # each worker is a process of its own that makes them

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--hosts",
            required=True,
            metavar="NAME[,NAME]",
            help="ids of weights; or 'remote' (model servers), 'default' (the board and the sweeps)",
        )

    def handle(self, *args: Any, hosts: str, **options: Any) -> None:
        names = sorted({name.strip() for name in hosts.split(",")} - {""})
        if not names:
            raise CommandError("--hosts names no host.")
        self._warn_of_what_is_not_shared()
        weights = [name for name in names if name not in (DEFAULT, REMOTE)]
        _refuse_unknown(weights)
        _require_redis()
        unprepared = self._unprepared(weights)
        names = [name for name in names if name not in unprepared]
        if not names:
            sys.exit(CANNOT_SERVE)
        os.chdir(settings.BASE_DIR)  # the children import the project from here
        if asyncio.run(_serve(programs_of(names), Terminal(sys.stdout))):
            sys.exit(CANNOT_SERVE)

    def _unprepared(self, weights: Sequence[str]) -> Collection[str]:
        """Prepare the weights, say which cannot be, and return these."""
        try:
            problems = prepare_weights(weights, say=self.stdout.write) if weights else {}
        except (CatalogError, OSError) as error:
            raise CommandError(str(error)) from error
        for name, problem in problems.items():
            self.stderr.write(f"{name}: {problem}")
        return problems

    def _warn_of_what_is_not_shared(self) -> None:
        if os.environ.get("REDIS_URL") and not settings.DATABASE_URL:
            self.stderr.write(f"DATABASE_URL is not set: this worker reads {settings.VAR / 'arena.sqlite3'}.")
        if settings.DATABASE_URL and not os.environ.get("ARENA_SECRET_KEY"):
            key = settings.VAR / "secret_key"
            self.stderr.write(f"ARENA_SECRET_KEY is not set: this worker serves the arena whose key is in {key}.")


def programs_of(names: Sequence[str]) -> list[Program]:
    """Return the programs that `manage.py up` would start for these hosts."""
    queues = {name if name in (DEFAULT, REMOTE) else host_queue(name) for name in names}
    weights = [name for name in names if name not in (DEFAULT, REMOTE)]
    return [worker for worker in workers(weights, settings.LOCAL_CONCURRENCY) if queue_of(worker) in queues]


def _require_redis() -> None:
    try:
        ping(settings.REDIS_URL)
    except RedisUnreachable as problem:
        raise CommandError(f"{problem} See REDIS_URL.") from problem


def _refuse_unknown(weights: Sequence[str]) -> None:
    try:
        known = set(LanguageModel.objects.exclude(weights="").values_list("weights", flat=True))
    except DatabaseError as error:
        raise CommandError(f"The database does not answer, or is not up to date: see DATABASE_URL. {error}") from error
    for name in weights:
        if name not in known:
            listed = ", ".join(sorted({*known, DEFAULT, REMOTE}))
            raise CommandError(f"No entry uses the weights {name!r}. There are: {listed}.")


async def _serve(programs: Sequence[Program], terminal: Terminal) -> bool:
    """Keep the programs running until SIGINT or SIGTERM, and return False; True once none of them can serve."""
    end, family = asyncio.Event(), Family(terminal)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    terminal.width = max(len(program.name) for program in programs)
    children = [family.keep(program) for program in programs]
    telling = asyncio.create_task(_tell_when_ready(children, terminal))
    asked, given_up = asyncio.create_task(end.wait()), asyncio.create_task(_all_given_up(children))
    await asyncio.wait({asked, given_up}, return_when=asyncio.FIRST_COMPLETED)
    if given_up.done():
        terminal.say("Nothing is left to serve.")
    for task in (telling, asked, given_up):
        task.cancel()
    await asyncio.gather(telling, asked, given_up, return_exceptions=True)
    await family.end()
    return not end.is_set()


async def _all_given_up(children: Sequence[Child]) -> None:
    for child in children:
        await child.given_up.wait()


async def _tell_when_ready(children: Sequence[Child], terminal: Terminal) -> None:
    while (queues := _queues(children)) - await asyncio.to_thread(_served_here):
        await asyncio.sleep(0.2)
    if not queues:
        return
    terminal.say(f"Serving {', '.join(sorted(queues))}. Ctrl-C ends it.")
    if DEFAULT not in await asyncio.to_thread(_nodes):
        terminal.say("It is alone so far. Where the arena runs, REDIS_URL and ARENA_SECRET_KEY must be the same.")


def _queues(children: Sequence[Child]) -> set[str]:
    """Return the queues of those that serve, or may yet."""
    return {queue_of(child.program) for child in children if not child.given_up.is_set()}


def _served_here() -> set[str]:
    """Return the queues whose worker on this machine answers. It does once its weights are loaded."""
    return {queue for queue, names in _nodes().items() if f"{queue}@{socket.gethostname()}" in names}


def _nodes() -> dict[str, list[str]]:
    try:
        return served()
    except QueueUnavailable:
        return {}
