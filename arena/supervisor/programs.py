"""What `up` starts, each as its own command line: the same lines start the arena piece by piece in a cluster."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from arena.queues import DEFAULT, REMOTE, host_queue
from arena.supervisor.child import Program

_DEFAULT_TASKS = 2
_REMOTE_TASKS = 16
# Celery says so in every container, whose only user is root; what it warns of, pickled messages, is not accepted here.
_AS_ROOT = "ignore:You're running the worker with superuser"
_OFFLINE = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "OMP_NUM_THREADS": "1"}


def web(host: str, port: int) -> Program:
    """Return the web server. Requests still open at its end get a few seconds; sockets are told to come back."""
    options = (
        f"--host={host} --port={port} --lifespan=off --ws-max-size=65536 --no-access-log "
        "--no-server-header --log-level=warning --timeout-graceful-shutdown=5 "
        # Which proxy is believed is for ARENA_TRUSTED_PROXIES to say: uvicorn would believe all of this machine.
        "--no-proxy-headers"
    )
    argv = (sys.executable, "-m", "uvicorn", "arena.asgi:application", *options.split())
    return Program("web", argv, _one_blas_thread(), term_group=True)


def workers(weights: Iterable[str], local_tasks: int) -> list[Program]:
    """Return one worker for each queue: the board and the sweeps, the remote models, and each set of local weights."""
    hosts = [
        _worker(host_queue(name), local_tasks, {**_OFFLINE, "ARENA_WARM_UP": name}) for name in sorted(set(weights))
    ]
    return [_worker(DEFAULT, _DEFAULT_TASKS, _one_blas_thread()), _worker(REMOTE, _REMOTE_TASKS), *hosts]


def beat(run: Path) -> Program:
    """Return the clock of the sweeps."""
    return Program("beat", _celery("beat", f"--schedule={run / 'beat-schedule'}"))


def module(name: str) -> Program:
    """Return a module of ours, run as a program."""
    return Program(name.rpartition(".")[2], (sys.executable, "-m", name))


def queue_of(worker: Program) -> str:
    """Return the queue that one of `workers` serves; its node is called the same."""
    return worker.name.removeprefix("worker ")


def _one_blas_thread() -> dict[str, str]:
    """Return the variable that leaves numpy one thread, unless the operator says otherwise.

    On a board's small matrices a second one burns a core and saves no time.
    """
    return {"OPENBLAS_NUM_THREADS": os.environ.get("OPENBLAS_NUM_THREADS", "1")}


def _worker(queue: str, tasks: int, env: dict[str, str] | None = None) -> Program:
    # One machine, one broker: workers need not hear of each other.
    alone = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    options = ("--pool=threads", f"--queues={queue}", f"--hostname={queue}@%h", f"--concurrency={tasks}")
    return Program(f"worker {queue}", _celery("worker", *options, *alone), env or {})


def _celery(kind: str, *options: str) -> tuple[str, ...]:
    run = (sys.executable, "-W", _AS_ROOT, "-m", "celery", "--app=arena", "--quiet")
    return (*run, kind, *options, "--loglevel=WARNING")
