"""The columns of a benchmark source's last file."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("arena", "0017_erased_texts")]

    operations = [
        migrations.AddField(
            "benchmarksource",
            "mapping",
            models.JSONField(blank=True, default=dict, db_default={}, help_text="The columns of its last file"),
        ),
    ]
