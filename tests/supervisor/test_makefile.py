"""`make run` finds a Python by running it, and says what is missing in one sentence."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).parents[2] / "Makefile"
BROKEN = "echo 'not here' >&2; exit 127"
#: Stands for a Python: imports anything, and makes a folder where `-m venv` would make one.
WORKING = 'case "$1" in -m) mkdir -p .venv/bin; echo {name} > .venv/bin/pip;; --version) echo {name};; esac'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A place to run make in, whose `bin` is searched for Pythons."""
    (tmp_path / "bin").mkdir()
    for tool in ("sh", "echo", "mkdir"):
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    return tmp_path


def _put(folder: Path, name: str, script: str) -> None:
    program = folder / "bin" / name
    program.write_text(f"#!/bin/sh\n{script.format(name=name)}\n")
    program.chmod(0o755)


def _make_venv(folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [str(shutil.which("make")), "-f", str(MAKEFILE), ".venv/bin/pip"]
    path = {**os.environ, "PATH": str(folder / "bin")}
    return subprocess.run(command, cwd=folder, env=path, capture_output=True, text=True)


def test_a_python_that_does_not_start_is_passed_over(folder: Path) -> None:
    _put(folder, "python3.12", BROKEN)
    _put(folder, "python3.11", WORKING)
    assert _make_venv(folder).returncode == 0
    assert (folder / ".venv/bin/pip").read_text() == "python3.11\n"


def test_python_3_12_comes_first(folder: Path) -> None:
    for name in ("python3", "python3.11", "python3.12"):
        _put(folder, name, WORKING)
    _make_venv(folder)
    assert (folder / ".venv/bin/pip").read_text() == "python3.12\n"


def test_without_a_python_one_sentence_says_what_to_install(folder: Path) -> None:
    _put(folder, "python3", BROKEN)
    made = _make_venv(folder)
    assert made.returncode != 0
    assert "needs Python 3.11 or 3.12" in made.stdout
    assert "not here" not in made.stderr
