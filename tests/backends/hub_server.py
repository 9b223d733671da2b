"""The few answers of the Hugging Face hub that a download needs, from a folder, on loopback."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "a" * 40


@contextmanager
def hub(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Its address, and the paths that were asked for. Repositories are folders; "gated/…" needs consent."""
    asked: list[str] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(with_body=True)

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def _answer(self, *, with_body: bool) -> None:
            asked.append(self.path)
            parts = self.path.partition("?")[0].strip("/").split("/")
            if "gated" in parts:
                self._send(403, b"", {"X-Error-Code": "GatedRepo", "X-Error-Message": "Ask first."})
            elif parts[:2] == ["api", "models"]:
                self._tell(folder / "/".join(parts[2:4]), is_tree="tree" in parts)
            elif "resolve" in parts:
                place = parts.index("resolve")
                self._send_file(folder / "/".join(parts[:place]) / "/".join(parts[place + 2 :]), with_body=with_body)
            else:
                self._send(404, b"", {})

        def _tell(self, repository: Path, *, is_tree: bool) -> None:
            if not repository.is_dir():
                self._send(401, b"", {"X-Error-Code": "RepoNotFound"})
                return
            files = [file for file in sorted(repository.rglob("*")) if file.is_file()]
            about = {"id": "/".join(repository.parts[-2:]), "sha": COMMIT, "private": False}
            tree = [{"type": "file", "path": f.name, "size": f.stat().st_size, "oid": COMMIT} for f in files]
            told = json.dumps(tree if is_tree else about).encode()
            self._send(200, told, {"Content-Type": "application/json"})

        def _send_file(self, file: Path, *, with_body: bool) -> None:
            if not file.is_file():
                self._send(404, b"", {"X-Error-Code": "EntryNotFound"})
                return
            body = file.read_bytes()
            headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()}"', "X-Repo-Commit": COMMIT}
            self._send(200, body, headers, with_body=with_body)

        def _send(self, status: int, body: bytes, headers: dict[str, str], *, with_body: bool = True) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if with_body and self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
