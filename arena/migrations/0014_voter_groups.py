"""Groups of voters, and rooms that are joined by a code."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('arena', '0013_accounts_links_audit'),
    ]

    operations = [
        migrations.CreateModel(
            name='VoterGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=30, unique=True)),
                ('name', models.CharField(max_length=60)),
                ('claim', models.CharField(blank=True, max_length=200)),
                ('join_code', models.CharField(max_length=12, null=True, unique=True)),
                ('closes_at', models.DateTimeField(help_text='Votes cast later are not on its board', null=True)),
                ('by', models.CharField(blank=True, max_length=150)),
                ('created', models.DateTimeField()),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='GroupMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
                ('voter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='arena.voter')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='arena.votergroup')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('group', 'voter'), name='once_in_a_group'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='left_after_it_came')],
            },
        ),
    ]
