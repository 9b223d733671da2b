"""All children end together, within a bound, and none is left."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from arena.supervisor.family import Family
from tests.supervisor.processes import Screen, is_alive, shell

STUBBORN = "trap '' TERM; sleep 60 & echo $$ $!; wait"


async def _until_it_says(screen: Screen, lines: int) -> None:
    async with asyncio.timeout(10):
        while len(screen.lines) < lines:
            await asyncio.sleep(0.02)


async def _pids(screen: Screen, lines: int) -> list[int]:
    await _until_it_says(screen, lines)
    return [int(pid) for line in screen.lines for pid in line.partition(" | ")[2].split()]


async def _takes(end: Callable[[], Awaitable[None]]) -> float:
    started = time.monotonic()
    await end()
    return time.monotonic() - started


async def test_the_end_leaves_no_process() -> None:
    screen = Screen()
    family = Family(screen)
    family.keep(shell("echo $$; exec sleep 60", name="one"))
    family.keep(shell("echo $$; exec sleep 60", name="two"))
    pids = await _pids(screen, 2)
    assert await _takes(family.end) < 5
    assert not any(map(is_alive, pids))


async def test_a_child_that_ignores_the_request_is_killed_in_time_with_its_group() -> None:
    screen = Screen()
    family = Family(screen)
    family.keep(shell(STUBBORN))
    pids = await _pids(screen, 1)
    assert len(pids) == 2
    assert 0.3 <= await _takes(lambda: family.end(patience=0.3)) < 3
    assert not any(map(is_alive, pids))


async def test_an_end_that_takes_too_long_can_be_cut_short() -> None:
    screen = Screen()
    family = Family(screen)
    family.keep(shell(STUBBORN))
    pids = await _pids(screen, 1)
    asyncio.get_running_loop().call_later(0.1, family.kill)
    assert await _takes(family.end) < 5
    assert not any(map(is_alive, pids))


async def test_a_child_that_waits_to_be_started_again_does_not_hold_up_the_end() -> None:
    screen = Screen()
    family = Family(screen)
    family.keep(shell("exit 1"))
    await _until_it_says(screen, 1)  # that it is started again in half a second
    assert await _takes(family.end) < 3


async def test_a_command_in_the_foreground_gives_its_exit_code() -> None:
    assert await Family(Screen()).run(shell("exit 7")) == 7


async def test_a_command_is_ended_even_when_nobody_waits_for_it_any_more(tmp_path: Path) -> None:
    family, told = Family(Screen()), tmp_path / "pid"
    waiting = asyncio.create_task(family.run(shell(f"echo $$ > {told}.new; mv {told}.new {told}; exec sleep 60")))
    async with asyncio.timeout(10):
        while not told.exists():
            await asyncio.sleep(0.02)
    waiting.cancel()
    assert await _takes(family.end) < 5
    assert not is_alive(int(told.read_text()))
