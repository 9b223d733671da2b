"""Whether the arena can be used: the first page comes, and every worker answers."""

import http.client
import socket
from collections.abc import Iterable

from celery import Celery
from django.conf import settings
from kombu.exceptions import OperationalError

from arena.conf.redis_clients import broker_tls, broker_url
from arena.supervisor.address import reachable

# Whoever waits asks again: a Redis that is unreachable must not hold up the end of the arena.
_WITHOUT_PATIENCE = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "socket_connect_timeout": 1}


def what_is_missing(*, host: str, port: int, broker: str, queues: Iterable[str]) -> list[str]:
    """Return the parts that do not answer yet, in words. A worker answers once its model is loaded.

    broker: URL of Redis, as in REDIS_URL.
    """
    page = _missing_page(host, port)
    return ([page] if page else []) + [f"worker {queue}" for queue in _silent(broker, queues)]


def _missing_page(host: str, port: int) -> str | None:
    # Not urllib: it would ask the proxy that an environment variable may name.
    connection = http.client.HTTPConnection(reachable(host), port, timeout=5)
    try:
        connection.request("GET", "/")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return "web"
    finally:
        connection.close()
    return None if status == http.client.OK else f"web (its first page answers {status})"


def _silent(broker: str, queues: Iterable[str]) -> list[str]:
    machine = socket.gethostname()
    nodes = {f"{queue}@{machine}": queue for queue in queues}
    with Celery(broker=broker_url(broker), set_as_current=False) as app:
        app.conf.broker_use_ssl = broker_tls(broker)
        app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS | _WITHOUT_PATIENCE
        try:
            replies = app.control.ping(destination=list(nodes), timeout=1.0)
        except OperationalError:
            return sorted(nodes.values())
    heard = {node for reply in replies for node in reply}
    return sorted(queue for node, queue in nodes.items() if node not in heard)
