"""What the votes of a board say of its own firmness."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('arena', '0009_data_doors'),
    ]

    operations = [
        migrations.AddField(
            model_name='ratingsnapshot',
            name='checks',
            field=models.JSONField(help_text='What arena.scoring.checks found of its votes; empty: not asked of this board', null=True),
        ),
    ]
