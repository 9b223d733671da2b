"""What is remembered of a set of imported votes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("arena", "0008_clustered_votes")]

    operations = [
        migrations.AddField(
            "importedset",
            "is_by_content",
            models.BooleanField(
                default=True,
                db_default=False,
                help_text="No earlier version stored votes of it by the numbers of their rows",
            ),
        ),
        migrations.AddField(
            "importedset",
            "with_texts",
            models.BooleanField(help_text="Whether its conversations were taken; empty: it has none", null=True),
        ),
        migrations.AddField(
            "importedset",
            "mapping",
            models.JSONField(
                blank=True, default=dict, db_default={}, help_text="Its columns, and words of winners"
            ),
        ),
    ]
