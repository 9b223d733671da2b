"""The whole arena on one machine: Redis, then what the database needs, then every process, until asked to end."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from arena.conf.private_files import write_private
from arena.conf.redis_clients import CertificateRefused, RedisUnreachable, ping
from arena.supervisor import programs
from arena.supervisor.address import require_free, site_url
from arena.supervisor.child import Child, Program, how_it_ended
from arena.supervisor.errors import CannotStart
from arena.supervisor.family import PATIENCE, Family
from arena.supervisor.lock import one_per_folder
from arena.supervisor.output import Terminal
from arena.supervisor.private_redis import PrivateRedis, end_leftover
from arena.supervisor.readiness import what_is_missing
from arena.supervisor.redis_server import find_server

_REDIS_PATIENCE = 15.0
_WORD_EVERY = 10.0


@dataclass(frozen=True)
class Site:
    """The site to run.

    preparation: is run first; weights: called after it, names the local models to load. shown_host: how its address
    calls the host, if by another name.
    """

    var: Path
    host: str
    port: int
    base_path: str
    local_tasks: int
    preparation: Program
    weights: Callable[[], Awaitable[list[str]]]
    shown_host: str = ""

    @property
    def run(self) -> Path:
        return self.var / "run"

    @property
    def url(self) -> str:
        return site_url(self.shown_host or self.host, self.port, base_path=self.base_path)


async def up(site: Site, terminal: Terminal) -> None:
    """Run the site until SIGINT, SIGTERM or SIGHUP. Raises CannotStart. No process is left behind either way."""
    site.run.mkdir(parents=True, exist_ok=True, mode=0o700)
    with one_per_folder(site.run, site.url):
        require_free(site.host, site.port)
        await _Arena(site, terminal).run_until_asked_to_end()


class _Arena:
    def __init__(self, site: Site, terminal: Terminal) -> None:
        self._site = site
        self._terminal = terminal
        self._redis = Family(terminal)
        self._rest = Family(terminal)
        self._end_asked = asyncio.Event()

    async def run_until_asked_to_end(self) -> None:
        self._listen_to_signals()
        starting = asyncio.create_task(self._start())
        end_asked = asyncio.create_task(self._end_asked.wait())
        try:
            await asyncio.wait({starting, end_asked}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
            await end_asked
        finally:
            starting.cancel()
            end_asked.cancel()
            await self._end()

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup wants it ignored
                loop.add_signal_handler(number, self._ask_to_end)

    def _ask_to_end(self) -> None:
        if not self._end_asked.is_set():
            self._end_asked.set()
            self._terminal.say(f"Ending; this takes up to {PATIENCE:g} s. Ctrl-C again ends it at once.")
        else:
            self._rest.kill()
            self._redis.kill()

    async def _start(self) -> None:
        url = os.environ.get("REDIS_URL") or await self._start_private_redis()
        os.environ["REDIS_URL"] = url  # every child and the queue of this process use the same
        await self._wait_for_redis(url)
        await self._prepare()
        workers = programs.workers(await self._site.weights(), self._site.local_tasks)
        everyone = [programs.web(self._site.host, self._site.port), *workers, programs.beat(self._site.run)]
        self._terminal.width = max(len(program.name) for program in everyone)
        self._terminal.say(f"Starting {', '.join(program.name for program in everyone)}")
        children = [self._rest.keep(program) for program in everyone]
        await self._wait_until_ready(url, [child for child in children if child.program in workers])
        if without := [child.program.name for child in children if child.given_up.is_set()]:
            self._terminal.say(f"Without {', '.join(without)}: see `manage.py models`")
        self._terminal.say(f"Arena is ready: {self._site.url}")

    async def _start_private_redis(self) -> str:
        server = find_server()
        if self._url_file.exists():
            await asyncio.to_thread(end_leftover, self._url_file.read_text())
        redis = PrivateRedis.prepare(server, self._site.var / "redis")
        write_private(self._url_file, redis.url)
        self._redis.keep(redis.program)
        self._terminal.say(f"Starting {server} on port {redis.port}")
        return redis.url

    @property
    def _url_file(self) -> Path:
        return self._site.run / "redis.url"

    async def _wait_for_redis(self, url: str) -> None:
        clock = asyncio.get_running_loop().time
        last_try = clock() + _REDIS_PATIENCE
        while True:
            try:
                return await asyncio.to_thread(ping, url)
            except CertificateRefused as refused:
                raise CannotStart(str(refused)) from refused
            except RedisUnreachable as silent:
                if clock() > last_try:
                    raise CannotStart(str(silent)) from silent
            await asyncio.sleep(0.02)

    async def _prepare(self) -> None:
        code = await self._rest.run(self._site.preparation)
        if code:
            raise CannotStart(f"The arena is not started: its preparation {how_it_ended(code)}.")

    async def _wait_until_ready(self, url: str, workers: list[Child]) -> None:
        """Wait for the first page and for each worker that can serve."""
        clock = asyncio.get_running_loop().time
        last_word = clock()
        while missing := await asyncio.to_thread(self._missing, url, workers):
            if clock() - last_word >= _WORD_EVERY:
                last_word = clock()
                self._terminal.say(f"Waiting for {', '.join(missing)}")
            await asyncio.sleep(0.2)

    def _missing(self, url: str, workers: list[Child]) -> list[str]:
        queues = [programs.queue_of(worker.program) for worker in workers if not worker.given_up.is_set()]
        return what_is_missing(host=self._site.host, port=self._site.port, broker=url, queues=queues)

    async def _end(self) -> None:
        await self._rest.end()
        await self._redis.end(patience=1.0)
        if self._url_file.exists():
            self._url_file.unlink()
