"""Facts that two entries are one model."""

import django.db.models.deletion
from django.db import migrations, models

SQLITE = (
    "CREATE TRIGGER arena_entrymerge_is_append_only BEFORE UPDATE ON arena_entrymerge "
    "BEGIN SELECT RAISE(ABORT, 'arena_entrymerge is append-only'); END;"
)
POSTGRESQL = (
    "CREATE TRIGGER arena_entrymerge_is_append_only BEFORE UPDATE OR DELETE ON arena_entrymerge "
    "FOR EACH ROW EXECUTE FUNCTION arena_refuse_change();"
)


def refuse_changes(apps, schema_editor):
    schema_editor.execute(POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE, params=None)


class Migration(migrations.Migration):
    dependencies = [("arena", "0010_board_checks")]

    operations = [
        migrations.CreateModel(
            name="EntryMerge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state_before",
                    models.CharField(help_text="Of the entry, which is retired by it", max_length=20),
                ),
                (
                    "aliases",
                    models.JSONField(
                        default=dict, help_text="Names that the other got; by each the slug that had it, if any"
                    ),
                ),
                ("by", models.CharField(max_length=100)),
                ("at", models.DateTimeField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges",
                        to="arena.languagemodel",
                    ),
                ),
                (
                    "into",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="arena.languagemodel",
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="MergedSide",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slot", models.CharField(choices=[("a", "A"), ("b", "B")], max_length=1)),
                (
                    "battle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="arena.battle"
                    ),
                ),
                (
                    "merge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sides", to="arena.entrymerge"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("battle", "slot"), name="merged_once")],
            },
        ),
        migrations.RunPython(refuse_changes, migrations.RunPython.noop),
    ]
