"""Verdicts of moderators, what of a turn is withheld, reports of visitors and what was decided on them."""

import django.db.models.deletion
from django.db import migrations, models


TABLES = ("arena_moderationresult", "arena_deskdecision")
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
    dependencies = [("arena", "0018_mapping_of_benchmarks")]

    operations = [
        migrations.CreateModel(
            name="DeskDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("dismiss", "leave it as it is"),
                            ("hide", "hide it"),
                            ("unshare", "take its link back"),
                            ("void", "take its vote off the board"),
                            ("erase", "erase its texts"),
                            ("restore", "show it again"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ModerationResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "slot",
                    models.CharField(
                        blank=True,
                        choices=[("a", "A"), ("b", "B")],
                        help_text="Of the answer; empty: the prompt",
                        max_length=1,
                    ),
                ),
                ("attempt", models.PositiveIntegerField(default=0, help_text="Of the answer")),
                ("moderator", models.CharField(max_length=100)),
                ("version", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("safe", "safe"),
                            ("unsafe", "unsafe"),
                            ("unparsed", "not understood"),
                            ("unavailable", "no verdict in time"),
                        ],
                        max_length=20,
                    ),
                ),
                ("categories", models.JSONField(default=list, help_text="Keys of what it is unsafe for")),
                ("scores", models.JSONField(default=dict, help_text="By category, where the moderator has any")),
                ("seconds", models.FloatField(help_text="How long it took; empty: it never came", null=True)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("harmful", "It is dangerous or against the law"),
                            ("hate", "It is hateful"),
                            ("sexual", "It is sexual"),
                            ("personal", "It tells something private of a person"),
                            ("other", "Something else"),
                        ],
                        max_length=20,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("is_of_shared_page", models.BooleanField(default=False)),
                ("at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.AddField(
            model_name="turn",
            name="checked_until",
            field=models.DateTimeField(
                blank=True, help_text="Until then its answers wait for moderators that judge the prompt", null=True
            ),
        ),
        migrations.AddField(
            model_name="turn",
            name="withheld",
            field=models.CharField(
                blank=True,
                choices=[
                    ("prompt", "prompt not passed on"),
                    ("answer", "answers withheld"),
                    ("taken_down", "taken down"),
                ],
                max_length=20,
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="turn",
            name="withheld_for",
            field=models.CharField(
                blank=True, help_text="The category of moderation for which it is withheld", max_length=40, null=True
            ),
        ),
        migrations.AddIndex(
            model_name="turn",
            index=models.Index(
                condition=models.Q(("checked_until__isnull", False)), fields=["checked_until"], name="turn_is_checked"
            ),
        ),
        migrations.AddIndex(
            model_name="turn",
            index=models.Index(
                condition=models.Q(("withheld__isnull", False)), fields=["battle"], name="turn_is_withheld"
            ),
        ),
        migrations.AddField(
            model_name="deskdecision",
            name="battle",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="arena.battle"
            ),
        ),
        migrations.AddField(
            model_name="moderationresult",
            name="turn",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="verdicts", to="arena.turn"
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="battle",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="arena.battle"
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="voter",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="arena.voter"
            ),
        ),
        migrations.AddIndex(
            model_name="moderationresult",
            index=models.Index(fields=["moderator", "state"], name="results_of_a_moderator"),
        ),
        migrations.AddConstraint(
            model_name="moderationresult",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["safe", "unsafe", "unparsed", "unavailable"])),
                name="known_verdict_state",
            ),
        ),
        migrations.RunPython(refuse_changes, migrations.RunPython.noop),
    ]
