"""Pair counts learn the squares of their weights, from the counted votes; boards leave plans for the pairing, and ratings tell the share of both_bad."""

from collections import defaultdict

from django.db import migrations, models

COLUMNS = ("first_wins", "second_wins", "ties", "both_bad")


def sum_squares(apps, schema_editor):
    counted = apps.get_model("arena", "CountedVote").objects.order_by("number")
    battle = "vote__battle__model_"
    sums = defaultdict(lambda: dict.fromkeys([f"{name}_squared" for name in COLUMNS], 0.0))
    votes = counted.values_list(f"{battle}a", f"{battle}b", "vote__choice", "weight")
    for a, b, choice, weight in votes.iterator(chunk_size=5000):
        sums[min(a, b), max(a, b)][f"{column(choice, is_a_first=a < b)}_squared"] += weight**2
    rows = apps.get_model("arena", "PairCount").objects
    for (first, second), squares in sums.items():
        rows.filter(first=first, second=second).update(**squares)


def column(choice, *, is_a_first):
    """As the counts were made: a choice that is not listed here has never been counted."""
    decided = {"model_a": is_a_first, "model_b": not is_a_first}
    if choice in decided:
        return "first_wins" if decided[choice] else "second_wins"
    return {"tie": "ties", "both_bad": "both_bad"}[choice]


class Migration(migrations.Migration):
    dependencies = [("arena", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="PairingPlan",
            fields=[
                (
                    "pool",
                    models.CharField(
                        choices=[("live", "Live"), ("recorded", "Recorded")],
                        max_length=20,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("entries", models.JSONField(help_text="pks in the order of the shares")),
                (
                    "shares",
                    models.BinaryField(help_text="One triangle of the matrix, row by row, as arena.pairing.draw packs it"),
                ),
            ],
        ),
        *(
            migrations.AddField("paircount", f"{name}_squared", models.FloatField(default=0))
            for name in COLUMNS
        ),
        migrations.AddField(
            "rating",
            "both_bad_rate",
            models.FloatField(default=0, help_text="Share of its votes that called both answers bad"),
        ),
        migrations.RunPython(sum_squares, migrations.RunPython.noop),
    ]
