"""A child's lines carry its name, and its death is answered."""

import asyncio
import itertools
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from arena.supervisor.child import CANNOT_SERVE, Child, Program
from tests.supervisor.processes import Screen, is_alive, shell, wait_until


@asynccontextmanager
async def _kept(child: Child) -> AsyncIterator[None]:
    running = asyncio.create_task(child.keep_running())
    try:
        yield
    finally:
        child.kill()
        await asyncio.wait_for(running, 5)


async def _eventually(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.02)


async def test_a_child_that_dies_is_started_again_after_a_growing_pause() -> None:
    screen = Screen()
    async with _kept(Child(shell("exit 3"), screen)):
        await _eventually(lambda: len(screen.lines) == 3)
    assert screen.lines == [
        f"worker x ended with code 3; starting it again in {pause} s" for pause in ("0.5", "1", "2")
    ]


async def test_a_child_that_says_that_it_can_never_serve_is_not_started_again() -> None:
    screen = Screen()
    child = Child(shell(f"exit {CANNOT_SERVE}"), screen)
    await asyncio.wait_for(child.keep_running(), 5)
    assert screen.lines == ["worker x cannot serve: `manage.py models` says why"]
    assert child.given_up.is_set()


async def test_after_a_minute_of_life_the_pause_is_short_again() -> None:
    screen = Screen()
    # It is read at the start and at the end of each life: 0 s, then 0 s, then 60 s long.
    clock = itertools.chain([0, 0, 0, 0], itertools.cycle([0.0, 60.0]))
    async with _kept(Child(shell("exit 3"), screen, clock=clock.__next__)):
        await _eventually(lambda: len(screen.lines) == 3)
    assert [line.rpartition(" in ")[2] for line in screen.lines] == ["0.5 s", "1 s", "0.5 s"]


async def test_a_killed_child_is_said_to_be_killed() -> None:
    screen = Screen()
    async with _kept(Child(shell("kill -KILL $$"), screen)):
        await _eventually(lambda: bool(screen.lines))
    assert screen.lines[0] == "worker x ended by SIGKILL; starting it again in 0.5 s"


async def test_a_child_that_cannot_be_started_is_tried_again() -> None:
    screen = Screen()
    async with _kept(Child(Program("web", ("/nowhere/web",)), screen)):
        await _eventually(lambda: len(screen.lines) == 2)
    assert "No such file" in screen.lines[0]
    assert screen.lines[1].endswith("starting it again in 0.5 s")


async def test_its_lines_carry_its_name_and_a_progress_bar_is_one_line() -> None:
    screen = Screen()
    screen.width = 10
    async with _kept(Child(shell(r"printf '10%%\r50%%\r100%%\n'; echo oh >&2; printf end; exit"), screen)):
        await _eventually(lambda: len(screen.lines) == 4)
    assert screen.lines[:3] == ["worker x   | 100%", "worker x   | oh", "worker x   | end"]


async def test_a_very_long_line_arrives_whole() -> None:
    screen = Screen()
    async with _kept(Child(shell("head -c 300000 /dev/zero | tr '\\0' x; echo; sleep 60"), screen)):
        await _eventually(lambda: bool(screen.lines))
    assert len(screen.lines[0].partition(" | ")[2]) == 300_000


async def test_a_stopped_child_is_not_started_again() -> None:
    screen = Screen()
    child = Child(shell("echo up; exec sleep 60"), screen)
    async with _kept(child):
        await _eventually(lambda: bool(screen.lines))
        child.stop()
        await _eventually(lambda: child.pid is None)
    assert screen.lines == ["worker x | up"]


async def test_a_child_asked_to_end_while_it_is_being_started_ends() -> None:
    child = Child(shell("exec sleep 60"), Screen())
    running = asyncio.create_task(child.keep_running())
    await asyncio.sleep(0)
    child.stop()
    await asyncio.wait_for(running, 5)


async def test_what_a_dead_child_leaves_in_its_group_is_ended_too() -> None:
    screen = Screen()
    async with _kept(Child(shell("sleep 60 & echo $!"), screen)):
        await _eventually(lambda: len(screen.lines) == 2)
        left_behind = int(screen.lines[0].partition(" | ")[2])
        assert wait_until(lambda: not is_alive(left_behind))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_a_child_does_not_outlive_a_killed_supervisor() -> None:
    script = (
        "import subprocess, time; from arena.supervisor.child import own_session;"
        "print(subprocess.Popen(['sleep', '60'], **own_session()).pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout
        child = int(supervisor.stdout.readline())
        assert is_alive(child)
        supervisor.send_signal(signal.SIGKILL)
    assert wait_until(lambda: not is_alive(child))
