"""What an operator reads when a database, a folder or a setting is not as it must be."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def ended(*typed: str, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    command = [sys.executable, "manage.py", *typed]
    done = subprocess.run(command, cwd=ROOT, env=kept | environment, capture_output=True, text=True)
    assert done.returncode == 1
    return done.stderr


def refused(*typed: str, **environment: str) -> str:
    said = ended(*typed, **environment)
    assert "Traceback" not in said
    return said


@pytest.mark.parametrize("typed", ["models", "check_invariants", "api_token list"])
def test_a_command_before_the_first_start_names_the_way_to_prepare_the_database(tmp_path, typed):
    assert "`python manage.py migrate`" in refused(*typed.split(), ARENA_VAR=str(tmp_path))


@pytest.mark.parametrize("format", ["board-csv", "csv"])
def test_an_export_that_cannot_begin_leaves_no_folder(tmp_path, format):
    folder = tmp_path / "export"
    said = refused("export", "--format", format, "--output", str(folder), ARENA_VAR=str(tmp_path / "var"))
    assert "`python manage.py migrate`" in said
    assert not folder.exists()


def test_a_database_that_is_away_names_its_setting():
    assert "See DATABASE_URL" in refused("api_token", "list", DATABASE_URL="postgres://nobody:secret@127.0.0.1:1/none")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ARENA_PORT", "abc"),
        ("ARENA_HTTPS", "ja"),
        ("ARENA_LEASE_SECONDS", "long"),
        ("DATABASE_URL", "mysql://u:secret@host/x"),
        ("REDIS_URL", "http://:secret@host"),
        ("REDIS_URL", "redis://:secret/word@host"),
    ],
)
def test_a_setting_that_cannot_be_read_is_named_with_what_it_is_for(tmp_path, name, value):
    said = refused("models", **{"ARENA_VAR": str(tmp_path), name: value})
    assert name in said
    assert "secret" not in said


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    assert f"{tmp_path}/file" in refused("models", ARENA_VAR=str(tmp_path / "file" / "var"))


def test_the_traceback_is_there_for_who_asks(tmp_path):
    assert "Traceback" in ended("models", "--traceback", ARENA_VAR=str(tmp_path))
