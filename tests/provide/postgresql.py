"""A PostgreSQL for one command: `python -m tests.provide.postgresql COMMAND ...` runs it with DATABASE_URL set."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from arena.supervisor.child import own_session
from arena.supervisor.private_redis import free_port
from tests.provide import Missing, packages

_PLACES = {
    "/usr/lib/postgresql": "*/bin",
    "/opt/homebrew/opt": "postgresql*/bin",
    "/usr/local/opt": "postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions": "*/bin",
}
# Power cuts are not what these tests test; the checks of the settings are. What a test has rolled back must not become
# statistics: the planner would take tables for empty that the next test fills, and one import took six minutes.
_SETTINGS = ("fsync=off", "autovacuum=off", "listen_addresses=127.0.0.1", "timezone=UTC")


def provide() -> Path:
    """The folder of initdb and postgres, fetched if need be. Raises Missing."""
    if found := find():
        return found
    packages.install("postgresql")
    if found := find():
        return found
    raise Missing("PostgreSQL: install the package postgresql (brew install postgresql@17 on macOS)")


def find() -> Path | None:
    """The newest server on this machine; nothing is fetched."""
    on_path = shutil.which("postgres")
    places = [Path(on_path).resolve().parent] if on_path else []
    for root, pattern in _PLACES.items():
        places += sorted(Path(root).glob(pattern), reverse=True)
    return next((place for place in places if _is_complete(place)), None)


@contextmanager
def cluster() -> Iterator[str]:
    """The URL of a new server on a loopback port, gone with all it holds at the end."""
    programs, owner = provide(), _owner()
    with tempfile.TemporaryDirectory(prefix="arena-postgresql-") as name:
        folder = Path(name)
        if owner:
            shutil.chown(folder, owner["user"])
        _make(programs, folder, owner)
        port = free_port()
        server = _start(programs, folder, port, owner)
        try:
            url = f"postgres://arena@127.0.0.1:{port}/postgres"
            _wait_for(url, server)
            yield url
        finally:
            server.send_signal(signal.SIGINT)  # its word for: end now, open sessions or not
            server.wait(timeout=20)


def _is_complete(place: Path) -> bool:
    return all(os.access(place / program, os.X_OK) for program in ("initdb", "postgres"))


def _owner() -> dict[str, Any]:
    """Arguments of Popen that change to another user when this is root, as whom PostgreSQL refuses to run."""
    if os.geteuid() != 0:
        return {}
    users = {user.pw_name: user for user in pwd.getpwall()}
    user = users.get("postgres") or users["nobody"]
    return {"user": user.pw_name, "group": user.pw_gid, "extra_groups": []}


def _make(programs: Path, folder: Path, owner: dict[str, Any]) -> None:
    command: list[str | Path] = [programs / "initdb", "--pgdata", folder / "data"]
    command += ["--auth=trust", "--username=arena"]
    command += ["--no-sync", "--encoding=UTF8", "--locale=C"]
    made = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **owner)
    if made.returncode:
        raise Missing(f"PostgreSQL: initdb failed: {made.stderr.strip()}")


def _start(programs: Path, folder: Path, port: int, owner: dict[str, Any]) -> "subprocess.Popen[bytes]":
    command = [str(programs / "postgres"), "-D", str(folder / "data"), "-p", str(port), "-k", str(folder)]
    for setting in _SETTINGS:
        command += ["-c", setting]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **own_session(), **owner)


def _wait_for(url: str, server: "subprocess.Popen[bytes]", *, patience: float = 30.0) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
            return
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise Missing(f"PostgreSQL: the server does not answer: {error}") from error
            time.sleep(0.05)


def _run(command: list[str]) -> int:
    with cluster() as url:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(_run(sys.argv[1:]))
    except Missing as missing:
        sys.exit(f"missing: {missing}")
