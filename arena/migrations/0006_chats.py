"""Conversations with models that the visitor chose: side by side, or one alone."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('arena', '0005_adapters_and_sizes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='battle',
            name='kind',
            field=models.CharField(choices=[('blind', 'blind battle'), ('side_by_side', 'side by side'), ('direct', 'direct chat'), ('imported', 'imported')], default='blind', max_length=20),
        ),
        migrations.AlterField(
            model_name='battle',
            name='model_b',
            field=models.ForeignKey(blank=True, help_text='None in a direct chat', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='arena.languagemodel'),
        ),
        migrations.AddConstraint(
            model_name='battle',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'direct'), ('model_b__isnull', True)), models.Q(models.Q(('kind', 'direct'), _negated=True), ('model_b__isnull', False)), _connector='OR'), name='one_entry_in_a_direct_chat'),
        ),
    ]
