"""Accounts and their voters, facts that voters are one person, and the audit log."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

#: What is refused: every change, and of links deletion too. Lines of the audit log go by their age.
REFUSED = {"arena_voterlink": "UPDATE OR DELETE", "arena_auditentry": "UPDATE"}
SQLITE = (
    "CREATE TRIGGER {table}_is_append_only BEFORE UPDATE ON {table} "
    "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;"
)
POSTGRESQL = (
    "CREATE TRIGGER {table}_is_append_only BEFORE {what} ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION arena_refuse_change();"
)


def refuse_changes(apps, schema_editor):
    statement = POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE
    for table, what in REFUSED.items():
        schema_editor.execute(statement.format(table=table, what=what), params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('arena', '0012_mapping_of_prompts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True)),
                ('actor', models.CharField(blank=True, max_length=150)),
                ('account_id', models.BigIntegerField(blank=True, null=True)),
                ('role', models.CharField(blank=True, max_length=40)),
                ('action', models.CharField(help_text='One of Action', max_length=40)),
                ('subject', models.CharField(blank=True, max_length=200)),
                ('details', models.JSONField(blank=True, default=dict)),
            ],
            options={
                'verbose_name_plural': 'audit entries',
            },
        ),
        migrations.AlterModelOptions(
            name='voter',
            options={'permissions': (('play', 'May play where the arena is closed'), ('review', 'May exclude and restore votes'), ('analyse', 'May take votes and boards out'), ('operate', 'May change entries and prompts and bring files in'), ('own', 'May decide who may do what'), ('see_people', 'May see which person a voter is'))},
        ),
        migrations.CreateModel(
            name='AccountVoter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created', models.DateTimeField()),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='own_voter', to=settings.AUTH_USER_MODEL)),
                ('voter', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='account_voter', to='arena.voter')),
            ],
        ),
        migrations.CreateModel(
            name='VoterLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(help_text='One of LinkRule', max_length=40)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('by', models.CharField(blank=True, help_text='Empty where the arena itself saw it', max_length=100)),
                ('at', models.DateTimeField(db_index=True)),
                ('into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='linked', to='arena.voter')),
                ('voter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='arena.voter')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RunPython(refuse_changes, migrations.RunPython.noop),
    ]
