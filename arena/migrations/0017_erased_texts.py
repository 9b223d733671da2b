"""When the texts of a battle were erased."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("arena", "0016_face")]

    operations = [
        migrations.AddField(
            model_name="battle",
            name="texts_erased_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When its prompts, answers and comments were erased, by wish or by age",
                null=True,
            ),
        ),
    ]
