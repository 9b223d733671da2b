import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController

from ratings import Outcome, leaderboard
from ratings.bootstrap import bootstrap
from ratings.held_out import compare
from ratings.live import Live
from ratings.robustness import smallest_upset
from ratings.standings import standings
from ratings.threads import LARGEST, bounded, one_thread

BLAS = ThreadpoolController().select(user_api="blas")
ROOT = Path(__file__).parents[2]


def threads():
    return {library["num_threads"] for library in BLAS.info()}


@pytest.fixture(autouse=True)
def three_threads():
    with BLAS.limit(limits=3):
        yield


def test_within_there_is_one_thread_and_afterwards_as_many_as_before():
    with one_thread(20):
        assert threads() == {1}
        with one_thread(20):
            assert threads() == {1}
        assert threads() == {1}
    assert threads() == {3}


def test_large_systems_keep_their_threads():
    with one_thread(LARGEST + 1):
        assert threads() == {3}


def test_what_fails_within_leaves_as_many_threads_as_there_were():
    @bounded(len)
    def fails(votes):
        raise ValueError(threads())

    with pytest.raises(ValueError, match=r"\{1\}"):
        fails([1, 2])
    assert threads() == {3}


def test_the_last_of_overlapping_calls_restores_the_threads():
    first_is_in, second_is_in, first_is_out = Event(), Event(), Event()

    def first():
        with one_thread(9):
            first_is_in.set()
            second_is_in.wait(9)
        first_is_out.set()

    def second():
        first_is_in.wait(9)
        with one_thread(9):
            second_is_in.set()
            first_is_out.wait(9)
            return threads()

    with ThreadPoolExecutor(2) as pool:
        running = pool.submit(first), pool.submit(second)
        assert running[1].result(20) == {1}
        assert running[0].result(20) is None
    assert threads() == {3}


@pytest.mark.parametrize("door", ["leaderboard", "bootstrap", "standings", "live", "compare", "robustness"])
def test_every_public_door_leaves_the_threads_as_they_were(simulate, door):
    votes = simulate(np.linspace(-1, 1, 5), 300, seed=1)
    counts = votes.fold()
    doors = {
        "leaderboard": lambda: leaderboard(votes.a, votes.b, votes.outcome),
        "bootstrap": lambda: leaderboard(votes.a, votes.b, votes.outcome, intervals="bootstrap"),
        "standings": lambda: standings(counts=counts),
        "live": lambda: Live(counts).update(0, 1, Outcome.TIE),
        "compare": lambda: compare(counts, rng=np.random.default_rng(0)),
        "robustness": lambda: smallest_upset(counts),
    }
    doors[door]()
    assert threads() == {3}


def test_a_board_is_computed_with_one_thread(simulate):
    votes, seen = simulate(np.linspace(-1, 1, 5), 300, seed=1), []
    bootstrap(counts=votes.fold(), rng=np.random.default_rng(0), rounds=3, on_progress=lambda _: seen.append(threads()))
    assert seen == [{1}]


def test_the_benchmark_tells_what_the_bound_saves():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.threads", "--calls", "2", "--votes", "2000"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "times the processor time" in done.stdout
