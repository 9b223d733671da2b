"""Invitations; whose a token is, what it opens and until when; and lines of the audit log that go by age alone."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


POSTGRESQL = """
CREATE OR REPLACE FUNCTION arena_refuse_early_deletion() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF current_setting('arena.retention', true) = 'audit' THEN RETURN OLD; END IF;
  RAISE EXCEPTION '% goes by its age alone', TG_TABLE_NAME;
END $$;
CREATE TRIGGER arena_auditentry_goes_by_age BEFORE DELETE ON arena_auditentry
FOR EACH ROW EXECUTE FUNCTION arena_refuse_early_deletion();
"""


def keep_the_audit_log(apps, schema_editor):
    # SQLite has no way to empty a table but DELETE, which tests need: there the model alone refuses.
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL, params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("arena", "0014_voter_groups"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="What lists and the audit log call it", max_length=100)),
                ("digest", models.CharField(help_text="SHA-256 of the token, hexadecimal", max_length=64, unique=True)),
                (
                    "opens",
                    models.CharField(
                        choices=[("account", "an account"), ("play", "reading and playing"), ("read", "reading")],
                        max_length=20,
                    ),
                ),
                ("role", models.CharField(blank=True, max_length=20)),
                ("by", models.CharField(blank=True, help_text="Empty for this machine's command line", max_length=150)),
                ("created", models.DateTimeField()),
                ("expires", models.DateTimeField(blank=True, null=True)),
                ("quota", models.PositiveIntegerField(blank=True, null=True)),
                ("uses", models.PositiveIntegerField(default=0)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="arena.votergroup",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="apitoken",
            name="account",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: the arena's",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="api_tokens",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="expires",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="scopes",
            field=models.CharField(
                db_default="read play",
                default="read play",
                help_text="What it opens, with spaces between",
                max_length=100,
            ),
        ),
        migrations.AlterField(
            model_name="apitoken",
            name="is_staff",
            field=models.BooleanField(default=False, help_text="May take votes out, as the scope export"),
        ),
        migrations.RunPython(keep_the_audit_log, migrations.RunPython.noop),
    ]
