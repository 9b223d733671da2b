"""Votes, their exclusions and their reasons are never changed or deleted: the database itself refuses.

SQLite has no way to empty a table but DELETE, which the tests need between each other, so there only changes are
refused by the database and deletions by the models (arena/models/append_only.py).
"""

from django.db import migrations

TABLES = ("arena_vote", "arena_voteexclusion", "arena_votereason")

SQLITE = """
CREATE TRIGGER {table}_is_append_only BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
"""
POSTGRESQL_FUNCTION = """
CREATE FUNCTION arena_refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
"""
POSTGRESQL = """
CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION arena_refuse_change();
"""


def refuse_changes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_FUNCTION, params=None)
        statement = POSTGRESQL
    else:
        statement = SQLITE
    for table in TABLES:
        schema_editor.execute(statement.format(table=table), params=None)


def allow_changes(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        schema_editor.execute(f"DROP TRIGGER {table}_is_append_only" + (f" ON {table}" if is_postgresql else ""))
    if is_postgresql:
        schema_editor.execute("DROP FUNCTION arena_refuse_change()")


class Migration(migrations.Migration):
    dependencies = [("arena", "0001_initial")]
    operations = [migrations.RunPython(refuse_changes, allow_changes)]
