"""Migrations: from 0.2.0 on a release can be rolled back, so they only add what the release before does not need."""

import json
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.db.migrations import operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from arena.models import Choice, LanguageModel
from arena.scoring.board_rows import entry_ids
from arena.scoring.check_invariants import check_invariants
from arena.scoring.comparisons import stored_counts
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from ratings.standings import standings
from tests.factories import make_battle
from tests.released import fill_tables

#: The newest migration of the last release, and what a later one may do to a database that this release still uses.
RELEASED = "0002_append_only"
#: What a small arena of that release left in its database; see tests/released.py.
DATABASE = Path(__file__).with_name("released_0_2_0.json")
EXPANDING = (
    operations.CreateModel,
    operations.AddField,
    operations.AlterField,
    operations.AddIndex,
    operations.AddConstraint,
    operations.AlterModelOptions,
    operations.AlterModelManagers,
    operations.RunPython,
)


def test_a_migration_after_the_release_only_expands_or_says_that_it_contracts():
    later = [(name, m) for (app, name), m in MigrationLoader(None).disk_migrations.items() if app == "arena"]
    narrowing = {
        name: operation
        for name, migration in later
        for operation in migration.operations
        if name > RELEASED
        and not isinstance(operation, EXPANDING)
        and not (sys.modules[migration.__module__].__doc__ or "").startswith("Contract")
    }
    assert narrowing == {}


@pytest.fixture
def _newest_tables_again():
    yield
    call_command("migrate", verbosity=0)


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_newest_tables_again")
def test_a_database_of_the_last_release_keeps_its_board_and_goes_on():
    call_command("migrate", "arena", RELEASED, verbosity=0)
    tables = json.loads(DATABASE.read_text(encoding="utf-8"))
    fill_tables(tables)
    call_command("migrate", verbosity=0)
    then = {row["model_id"]: row for row in tables["arena_rating"] if row["snapshot_id"] == 3}
    before = publish_leaderboard(now=timezone.now())
    kept = ("votes", "win_rate", "both_bad_rate", "elo")
    assert {row.model_id: [getattr(row, name) for name in kept] for row in before.rows()} == {
        model: pytest.approx([row[name] for name in kept]) for model, row in then.items()
    }
    # The release had no prior: by its own method the sums still give its ratings.
    ids = entry_ids()
    again = dict(zip(ids, standings(stored_counts(ids)).rating.tolist(), strict=True))
    assert {model: again[model] for model in then} == pytest.approx(
        {model: row["rating"] for model, row in then.items()}
    )
    assert check_invariants(now=timezone.now()) == []
    entries = LanguageModel.objects.filter(display_name__in=("Zebra 7", "Okapi 9"))
    cast_vote(make_battle(*entries), Choice.MODEL_A, now=timezone.now())
    assert publish_leaderboard(now=timezone.now()).votes == before.votes + 1
    assert check_invariants(now=timezone.now()) == []


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_a_database_from_before_the_new_start_is_told_the_way_over():
    recorder = MigrationRecorder(connection)
    recorder.record_applied("arena", "0001_facts")
    try:
        with pytest.raises(SystemCheckError, match=r"made by a version before 0\.2\.0[\s\S]*import_votes"):
            call_command("check", databases=["default"])
    finally:
        recorder.record_unapplied("arena", "0001_facts")
