"""The process of a light arena: `python -m tests.light_arena.process`. Each line of its input is a call of `rows`."""

import json
import sys
from socket import socket
from threading import Thread

import django

# Commands print too: their words go where the log goes.
ANSWERS, sys.stdout = sys.stdout, sys.stderr

django.setup()

import uvicorn  # noqa: E402
from celery.contrib.testing.worker import start_worker  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

from arena import queues  # noqa: E402
from arena.celery import app  # noqa: E402
from tests.light_arena import rows  # noqa: E402


def main() -> None:
    """Runs until its input ends or it is killed."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("load_prompts", verbosity=0)
    from arena.asgi import application  # looks once, as it is imported, which static files there are

    config = uvicorn.Config(
        application, host=settings.HOST, port=settings.PORT, lifespan="off", log_level="warning", access_log=False
    )
    Thread(target=_Server(config).run, daemon=True).start()
    options = {"pool": "threads", "concurrency": 4, "queues": [queues.DEFAULT, queues.REMOTE]}
    with start_worker(app, perform_ping_check=False, **options):
        for line in sys.stdin:
            name, arguments = json.loads(line)
            _say(getattr(rows, name)(**arguments))


class _Server(uvicorn.Server):
    """Says when it listens: from then on calls are answered."""

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        _say("ready")


def _say(result: object) -> None:
    print(json.dumps(result), file=ANSWERS, flush=True)


if __name__ == "__main__":
    main()
