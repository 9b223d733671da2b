"""Entries may name a LoRA adapter and say how many parameters they have."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('arena', '0004_second_answers_and_reasons'),
    ]

    operations = [
        migrations.AddField(
            model_name='languagemodel',
            name='adapter',
            field=models.CharField(blank=True, help_text='A LoRA adapter on these weights', max_length=100),
        ),
        migrations.AddField(
            model_name='languagemodel',
            name='parameters',
            field=models.PositiveBigIntegerField(blank=True, help_text='How many the model has', null=True),
        ),
        migrations.AlterField(
            model_name='languagemodel',
            name='kind',
            field=models.CharField(choices=[('model', 'model'), ('fine_tune', 'fine-tune'), ('configuration', 'configuration'), ('recorded', 'recorded answers'), ('moderator', 'moderation model')], default='model', max_length=20),
        ),
    ]
