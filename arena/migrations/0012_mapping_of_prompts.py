"""The columns of a set's last file."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("arena", "0011_merges")]

    operations = [
        migrations.AddField(
            "promptset",
            "mapping",
            models.JSONField(blank=True, default=dict, db_default={}, help_text="The columns of its last file"),
        ),
    ]
