"""A battle may have a read-only address; a voter may be forgotten."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('arena', '0006_chats'),
    ]

    operations = [
        migrations.AddField(
            model_name='battle',
            name='share_token',
            field=models.CharField(blank=True, help_text='The read-only address that the voter gave out', max_length=40, null=True, unique=True),
        ),
        migrations.AddField(
            model_name='voter',
            name='erased_at',
            field=models.DateTimeField(blank=True, help_text='When the voter asked to be forgotten', null=True),
        ),
        migrations.AlterField(
            model_name='voter',
            name='key_digest',
            field=models.CharField(max_length=64, null=True, unique=True),
        ),
    ]
