"""Scores of votes, and what intervals by voter and by prompt need."""

import django.db.models.deletion
from django.db import migrations, models


def refuse_changes_again(apps, schema_editor):
    """SQLite makes the table of votes anew for the constraint, and forgets the trigger of 0002 with the old one."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            "CREATE TRIGGER IF NOT EXISTS arena_vote_is_append_only BEFORE UPDATE ON arena_vote "
            "BEGIN SELECT RAISE(ABORT, 'arena_vote is append-only'); END;",
            params=None,
        )


class Migration(migrations.Migration):

    dependencies = [
        ('arena', '0007_offered_prompts'),
    ]

    operations = [
        migrations.CreateModel(
            name='PromptNumber',
            fields=[
                ('digest', models.CharField(help_text='SHA-256 of what equal prompts share', max_length=64, primary_key=True, serialize=False)),
                ('number', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='VoterNumber',
            fields=[
                ('voter', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='arena.voter')),
                ('number', models.BigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name='countedvote',
            name='prompt_number',
            field=models.BigIntegerField(help_text='At random, one for a prompt; empty without its text', null=True),
        ),
        migrations.AddField(
            model_name='countedvote',
            name='voter_number',
            field=models.BigIntegerField(help_text='At random, one for a person; empty where nobody is known', null=True),
        ),
        migrations.AddField(
            model_name='paircount',
            name='split',
            field=models.FloatField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='paircount',
            name='split_squared',
            field=models.FloatField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='rating',
            name='design_factor',
            field=models.FloatField(db_default=1, default=1, help_text='Its interval as a multiple of the one for independent votes'),
        ),
        migrations.AddField(
            model_name='rating',
            name='effective_prompts',
            field=models.FloatField(help_text='The same of prompts; empty where none is known', null=True),
        ),
        migrations.AddField(
            model_name='rating',
            name='effective_voters',
            field=models.FloatField(help_text='As many voters with equally many votes would say as much', null=True),
        ),
        migrations.AddField(
            model_name='ratingsnapshot',
            name='clustered_at',
            field=models.DateTimeField(help_text='When its intervals were computed by voter and by prompt; empty: carried from before', null=True),
        ),
        migrations.AddField(
            model_name='ratingsnapshot',
            name='prompts',
            field=models.PositiveBigIntegerField(db_default=0, default=0, help_text='Numbers of prompts with such votes'),
        ),
        migrations.AddField(
            model_name='ratingsnapshot',
            name='voters',
            field=models.PositiveBigIntegerField(db_default=0, default=0, help_text='Numbers of voters whose votes count'),
        ),
        migrations.AddField(
            model_name='vote',
            name='score',
            field=models.FloatField(help_text='Points of side A in [0, 1] that came with the vote; empty where the choice says them', null=True),
        ),
        migrations.AddConstraint(
            model_name='vote',
            constraint=models.CheckConstraint(condition=models.Q(('score__isnull', True), models.Q(('choice', 'model_a'), ('score__gte', 0.5), ('score__lte', 1.0)), models.Q(('choice', 'model_b'), ('score__gte', 0.0), ('score__lte', 0.5)), models.Q(('choice', 'tie'), ('score__gte', 0.0), ('score__lte', 1.0)), models.Q(('choice', 'both_bad'), ('score__gte', 0.5), ('score__lte', 0.5)), _connector='OR'), name='score_fits_choice'),
        ),
        migrations.RunPython(refuse_changes_again, migrations.RunPython.noop),
    ]
