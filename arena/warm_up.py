"""A worker that holds weights loads them before it takes its first task."""

import os

from celery.signals import worker_init

from arena.backends import backend
from arena.backends.base import BackendError


@worker_init.connect
def warm_up(**_: object) -> None:
    """Load the weights that ARENA_WARM_UP names; a worker that cannot have them ends instead of failing answers."""
    weights = os.environ.get("ARENA_WARM_UP")
    if not weights:
        return
    try:
        backend("transformers").warm_up({"weights": weights})
    except BackendError as error:
        raise SystemExit(f"this worker cannot answer: {error}") from error
