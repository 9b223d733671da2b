"""Real processes are killed under a running arena."""

import re
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from tests.running import BRIEF, ROOT, RunningArena, eventually

pytestmark = pytest.mark.slow
STORY = "Write a long story about a lighthouse keeper who finds a message in a bottle."


@pytest.fixture(scope="module")
def arena(tmp_path_factory) -> Iterator[RunningArena]:
    """One for the faults alone: what they break is still being mended when the next test looks."""
    running = RunningArena(tmp_path_factory.mktemp("faults") / "var", ARENA_OPEN_BATTLES="20")
    running.shorten_answers(64)
    yield running
    running.stop()


@pytest.fixture
def visitor(arena) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=arena.url, timeout=30) as client:
        client.get("/")
        yield client


@pytest.fixture(scope="module", autouse=True)
def _slow_models_only(arena) -> Iterator[None]:
    """Without the small Llama and the brief adapter, whose answers are done before anything can be killed."""
    arena.manage("models", "pause", *BRIEF)
    yield
    arena.manage("models", "resume", *BRIEF)


def post(visitor, address, **data):
    page = visitor.get("/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
    return visitor.post(address, data={"csrfmiddlewaretoken": token, **data})


def start(visitor, prompt=STORY):
    return post(visitor, "/battles/", prompt=prompt).headers["Location"]


def answers(arena, address):
    battle = address.split("/")[2].replace("-", "")
    rows = arena.rows(
        "select a.slot, a.state, a.attempt, a.text from arena_answer a join arena_turn t on t.id = a.turn_id"
        " where t.battle_id = ? order by a.slot",
        battle,
    )
    return {slot: (state, attempt, text) for slot, state, attempt, text in rows}


def states(arena, address):
    return {state for state, _attempt, _text in answers(arena, address).values()}


def vote(visitor, address):
    return post(visitor, f"{address}vote/", choice="tie")


def test_a_killed_worker_is_replaced_and_its_answers_are_finished_once(arena, visitor):
    address = start(visitor)
    eventually(lambda: states(arena, address) == {"streaming"}, within=30, what="both sides streaming")
    arena.process("celery", "host.smollm2").kill()
    eventually(lambda: states(arena, address) == {"done"}, within=60, what="both answers finished by a new worker")
    assert all(attempt == 2 and text for _state, attempt, text in answers(arena, address).values())
    assert vote(visitor, address).status_code == 200
    assert "All invariants hold" in arena.manage("check_invariants")


def test_redis_may_die_and_come_back_and_no_vote_is_lost(arena, visitor):
    answered = start(visitor, "Say hello.")
    eventually(lambda: states(arena, answered) == {"done"}, within=60, what="an answered battle")
    running = start(visitor)
    eventually(lambda: "streaming" in states(arena, running), within=30, what="a running battle")
    arena.process("redis-server").kill()
    assert vote(visitor, answered).status_code == 200
    eventually(lambda: states(arena, running) <= {"done", "failed"}, within=90, what="the running battle ended")
    eventually(lambda: not arena.rows("select 1 from arena_pendingvote"), within=30, what="the vote is counted")
    assert "All invariants hold" in arena.manage("check_invariants")


def test_a_second_arena_in_the_same_folder_is_told_of_the_first(arena):
    again = subprocess.run(
        [sys.executable, "manage.py", "up"], cwd=ROOT, env=arena.environment, capture_output=True, text=True, timeout=60
    )
    assert again.returncode == 1
    assert arena.url in again.stdout + again.stderr
