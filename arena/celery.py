"""The Celery application. Tasks are in `tasks.py`, their names and queues in `queues.py`."""

import os

from celery import Celery
from celery.signals import worker_init

from arena.backends import backend
from arena.backends.base import BackendError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arena.settings")

app = Celery("arena")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["arena"])


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
