"""The start-up checks fire on what they name, and stay silent on the settings as they come."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.db import connection
from pytest_django import Settings

from arena.checks import check_categories, check_counted_sources, check_numbers, check_pairing
from arena.pairing.draw import Policy

pytestmark = pytest.mark.django_db(transaction=True)
# The PostgreSQL of the tests runs without fsync.
FINE = {"sqlite": set(), "postgresql": {"arena.E004"}}[connection.vendor]
HARM = {
    "sqlite": [
        ("PRAGMA journal_mode=DELETE", "arena.E001"),
        ("PRAGMA synchronous=NORMAL", "arena.E002"),
    ],
    "postgresql": [("SET synchronous_commit = off", "arena.E005")],
}[connection.vendor]


@pytest.fixture(autouse=True)
def _own_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A session of this test's own: its wrong settings end with it. On SQLite in a file of its own too, as another
    connection, which a thread of an earlier test may keep, forbids to change the journal's mode."""
    connection.close()
    if connection.vendor == "sqlite":
        monkeypatch.setitem(connection.settings_dict, "NAME", str(tmp_path / "checked.sqlite3"))
    yield
    connection.close()


def _ids() -> set[str]:
    found = {message.id for message in run_checks(databases=["default"])}
    return {str(name) for name in found if str(name).startswith("arena.")}


@pytest.mark.database
def test_the_settings_as_they_come_are_fine() -> None:
    assert _ids() == FINE


@pytest.mark.database
@pytest.mark.parametrize(("statement", "error"), HARM)
def test_a_setting_that_can_lose_a_vote_is_an_error(statement: str, error: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert _ids() == FINE | {error}


def test_a_deferred_transaction_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "transaction_mode", "DEFERRED")
    assert _ids() == {"arena.E003"}


def test_debug_pages_for_other_machines_are_warned_of(settings: Settings) -> None:
    settings.DEBUG, settings.HOST = True, "0.0.0.0"
    assert "arena.W001" in _ids()


@pytest.mark.parametrize(("debug", "host"), [(True, "127.0.0.1"), (True, "localhost"), (False, "0.0.0.0")])
def test_debug_pages_at_home_are_not_warned_of(settings: Settings, debug: bool, host: str) -> None:
    settings.DEBUG, settings.HOST = debug, host
    assert "arena.W001" not in _ids()


def test_a_database_that_does_not_answer_is_one_error_and_no_traceback() -> None:
    away = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    check = [sys.executable, "manage.py", "check", "--database=default"]
    done = subprocess.run(check, env=away, capture_output=True, text=True)
    assert done.returncode == 1
    assert "arena.E006" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["LEASE_SECONDS", "QUEUE_LIMIT", "RECORDED_RATE", "LOCAL_CONCURRENCY"])
def test_a_number_that_must_be_above_zero_is_checked(settings, name):
    setattr(settings, name, 0)
    assert [problem.id for problem in check_numbers()] == ["arena.E007"]


def test_an_unknown_way_of_pairing_is_an_error_that_names_the_known_ones(settings):
    settings.PAIRING = "random"
    (problem,) = check_pairing()
    assert problem.id == "arena.E008"
    assert all(policy in problem.hint for policy in Policy)


@pytest.mark.parametrize("policy", Policy)
def test_a_known_way_of_pairing_is_fine(settings, policy):
    settings.PAIRING = str(policy)
    assert check_pairing() == []


def test_an_unknown_source_of_votes_is_an_error_that_names_the_known_ones(settings):
    settings.COUNTED_SOURCES = ["human", "imports"]
    (problem,) = check_counted_sources()
    assert problem.id == "arena.E010"
    assert "imports" in problem.msg
    assert "human, api, imported" in problem.hint


def test_no_source_at_all_is_a_board_without_votes_and_fine(settings):
    settings.COUNTED_SOURCES = []
    assert check_counted_sources() == []


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ("arena.categorys", "No module named"),
        ("arena.models", "has no attribute"),
        ("tests.supervisor.odd_categories", "'Over all'"),
    ],
)
def test_a_module_of_categories_that_cannot_be_used_is_refused(settings, module, words):
    settings.CATEGORIES = module
    (problem,) = check_categories()
    assert problem.id == "arena.E011"
    assert words in problem.msg


@pytest.mark.parametrize("module", ["arena.categories", "tests.scoring.other_rules"])
def test_a_module_of_categories_that_can_be_used_is_taken(settings, module):
    settings.CATEGORIES = module
    assert check_categories() == []
