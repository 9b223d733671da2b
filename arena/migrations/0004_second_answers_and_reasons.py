"""A turn may replace another; voters say why, in rows that are never changed."""

import importlib

import django.db.models.deletion
from django.db import migrations, models


append_only = importlib.import_module("arena.migrations.0002_append_only")
TABLE = "arena_votereason"


def refuse_changes(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    statement = append_only.POSTGRESQL if is_postgresql else append_only.SQLITE
    schema_editor.execute(statement.format(table=TABLE), params=None)


def allow_changes(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(f"DROP TRIGGER {TABLE}_is_append_only" + (f" ON {TABLE}" if is_postgresql else ""))


class Migration(migrations.Migration):

    dependencies = [
        ('arena', '0003_squares_and_plans'),
    ]

    operations = [
        migrations.AddField(
            model_name='turn',
            name='replaces',
            field=models.OneToOneField(blank=True, help_text='The turn whose two answers this one asks for again: it is in no context any more', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='arena.turn'),
        ),
        migrations.CreateModel(
            name='VoteComment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('at', models.DateTimeField()),
                ('vote', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='comment', to='arena.vote')),
            ],
        ),
        migrations.CreateModel(
            name='VoteReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slot', models.CharField(choices=[('a', 'A'), ('b', 'B')], max_length=1)),
                ('tag', models.CharField(choices=[('accurate', 'accurate'), ('inaccurate', 'inaccurate'), ('clear', 'clear'), ('confusing', 'confusing'), ('complete', 'complete'), ('incomplete', 'incomplete'), ('creative', 'creative'), ('dull', 'dull'), ('follows_instructions', 'follows instructions'), ('ignores_instructions', 'ignores instructions')], max_length=30)),
                ('at', models.DateTimeField()),
                ('vote', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reasons', to='arena.vote')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('vote', 'slot', 'tag'), name='reason_once'), models.CheckConstraint(condition=models.Q(('tag__in', ['accurate', 'inaccurate', 'clear', 'confusing', 'complete', 'incomplete', 'creative', 'dull', 'follows_instructions', 'ignores_instructions'])), name='known_tag')],
            },
        ),
        migrations.RunPython(refuse_changes, allow_changes),
    ]
