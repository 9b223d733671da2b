"""A model server on loopback that plays what a test wrote: well-behaved replies and all that goes wrong."""

import json
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

SSE = {"Content-Type": "text/event-stream"}


class Played(BaseHTTPRequestHandler):
    """One request. A step of the script gets it and writes what it likes."""

    server: "ScriptedServer"

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.server.requests.append((self.path, dict(self.headers), json.loads(self.rfile.read(length) or "null")))
        script = self.server.script
        step = script.pop(0) if len(script) > 1 else script[0]
        try:
            step(self)
        except OSError:
            self.server.hung_up.set()

    do_GET = do_POST

    def begin(self, status: int = 200, headers: dict[str, str] = SSE) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def say(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def reset(self) -> None:
        """Cut the connection as a crash does."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def wait_for_the_client_to_go(self) -> None:
        self.connection.settimeout(10)
        try:
            is_gone = self.connection.recv(1) == b""
        except TimeoutError:
            is_gone = False
        except OSError:
            is_gone = True
        if is_gone:
            self.server.hung_up.set()

    def log_message(self, *_: object) -> None:
        pass


Step = Callable[[Played], None]


class ScriptedServer(ThreadingHTTPServer):
    """script: a step a request; the last one repeats. hung_up: set once a client is gone."""

    daemon_threads = True

    def __init__(self, *script: Step, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__((host, port), Played)
        self.script = list(script)
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        self.hung_up = Event()
        self.url = f"http://{host}:{self.server_port}/v1"

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is part of the play."""


@contextmanager
def serving(*script: Step, host: str = "127.0.0.1", port: int = 0) -> Iterator[ScriptedServer]:
    with ScriptedServer(*script, host=host, port=port) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def chunk(content: Any = None, *, reason: str | None = None, **more: Any) -> dict[str, Any]:
    """A chunk as servers send it."""
    delta = {"content": content, **more}
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [choice(delta, reason)]}


def choice(delta: dict[str, Any], reason: str | None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "finish_reason": reason}


def event(said: Any) -> bytes:
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    return f"data: {text}\n\n".encode()


def usage(tokens: int) -> dict[str, Any]:
    return {"choices": [], "usage": {"completion_tokens": tokens}}


def saying(*said: Any, done: bool = True) -> Step:
    """A stream of these chunks, or texts to be made chunks of; bytes go out as they are."""

    def step(played: Played) -> None:
        played.begin()
        for one in said:
            played.say(one if isinstance(one, bytes) else event(chunk(one) if isinstance(one, str) else one))
        if done:
            played.say(event("[DONE]"))

    return step


def answering(text: str = "Hello there") -> Step:
    return saying(chunk("", role="assistant"), *text.split(" "), chunk(reason="stop"), usage(7))


def replying(status: int, body: str = "", **headers: str) -> Step:
    def step(played: Played) -> None:
        played.begin(status, {name.replace("_", "-"): value for name, value in headers.items()})
        played.say(body.encode())

    return step


def listing(*models: str) -> Step:
    return replying(200, json.dumps({"data": [{"id": model} for model in models]}), Content_Type="application/json")


def silent_until(end: Event, *said: Any, begins: bool = True) -> Step:
    """Speaks, then says nothing until `end` is set."""

    def step(played: Played) -> None:
        if begins:
            played.begin()
        for one in said:
            played.say(event(chunk(one)))
        end.wait(30)

    return step


def endless(one: bytes) -> Step:
    def step(played: Played) -> None:
        played.begin()
        while True:
            played.say(one)

    return step
