"""Migrations: from 0.2.0 on a release can be rolled back, so they only add what the release before does not need."""

import sys

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.db.migrations import operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

#: The newest migration of the last release, and what a later one may do to a database that this release still uses.
RELEASED = "0002_append_only"
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
