"""This arena's face: its published versions and their logos, which are facts."""

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("arena_arenaface", "arena_faceimage")
SQLITE = (
    "CREATE TRIGGER {table}_is_append_only BEFORE UPDATE ON {table} "
    "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;"
)
POSTGRESQL = (
    "CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION arena_refuse_change();"
)


def refuse_changes(apps, schema_editor):
    statement = POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE
    for table in TABLES:
        schema_editor.execute(statement.format(table=table), params=None)


class Migration(migrations.Migration):
    dependencies = [("arena", "0015_invitations_and_scopes")]

    operations = [
        migrations.CreateModel(
            name="FaceImage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(help_text="The digest of its content, and its ending", max_length=80, unique=True),
                ),
                ("content", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="ArenaFace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.JSONField(help_text="As arena.face.current.Face has it")),
                (
                    "consent_version",
                    models.CharField(
                        blank=True,
                        db_index=True,
                        help_text="Of its terms and privacy; empty: those that ship",
                        max_length=20,
                    ),
                ),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                (
                    "restores",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="arena.arenaface",
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.RunPython(refuse_changes, migrations.RunPython.noop),
    ]
