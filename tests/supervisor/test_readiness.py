"""Ready means: the page comes and every worker answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

from arena.supervisor.private_redis import free_port
from arena.supervisor.readiness import what_is_missing
from tests.provide.redis_server import RedisServer


@contextmanager
def _web(status: int) -> Iterator[int]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def _missing(port: int, *queues: str, broker: str = "") -> list[str]:
    broker = broker or f"redis://127.0.0.1:{free_port()}/0"
    return what_is_missing(host="127.0.0.1", port=port, broker=broker, queues=queues)


def test_everything_that_does_not_answer_is_named() -> None:
    assert _missing(free_port(), "default", "host.small") == ["web", "worker default", "worker host.small"]


def test_a_page_that_fails_is_not_ready() -> None:
    with _web(500) as port:
        assert _missing(port, "default")[0] == "web (its first page answers 500)"


def test_a_page_that_comes_is_ready() -> None:
    with _web(200) as port:
        assert _missing(port, "default") == ["worker default"]


def test_a_worker_that_does_not_answer_is_not_ready(redis_server: RedisServer) -> None:
    with _web(200) as port:
        assert _missing(port, "default", broker=redis_server.url) == ["worker default"]
