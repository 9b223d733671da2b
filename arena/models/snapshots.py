"""The published boards."""

from django.db import models

from arena.models.catalog import LanguageModel
from arena.models.counts import OVERALL


class RatingSnapshotQuerySet(models.QuerySet["RatingSnapshot"]):
    def newest(self, category: str = OVERALL) -> "RatingSnapshot | None":
        return self.filter(category=category).order_by("-id").first()

    def newest_elo(self) -> dict[int, float]:
        """Elo by the entry's pk on the newest board; entries without votes are not in it."""
        newest = self.newest()
        return dict(newest.ratings.values_list("model_id", "elo")) if newest else {}


class Board(models.Model):
    """One row a category. Whoever holds its lock counts votes and publishes."""

    category = models.CharField(max_length=40, primary_key=True)

    def __str__(self) -> str:
        return self.category


class RatingSnapshot(models.Model):
    """One published leaderboard: a pure function of the counted votes, the policy and the code version."""

    category = models.CharField(max_length=40, default=OVERALL)
    policy = models.CharField(max_length=40)
    code_version = models.CharField(max_length=40)
    published = models.DateTimeField()
    votes = models.PositiveBigIntegerField(help_text="Votes counted with a weight above zero")
    last_number = models.PositiveBigIntegerField(help_text="Place in the order of counting of the newest vote")
    digest = models.CharField(max_length=64, help_text="Order-free sum over the counted votes, hexadecimal")

    objects = RatingSnapshotQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["category", "-id"])]

    def __str__(self) -> str:
        return f"{self.category} after {self.votes} votes"


class Rating(models.Model):
    """One entry's row on one board. Numbers are points; a group holds those that can be compared with each other."""

    snapshot = models.ForeignKey(RatingSnapshot, on_delete=models.CASCADE, related_name="ratings")
    model = models.ForeignKey(LanguageModel, on_delete=models.PROTECT, related_name="ratings")
    rating = models.FloatField()
    lower = models.FloatField()
    upper = models.FloatField()
    elo = models.FloatField()
    group = models.PositiveIntegerField()
    rank = models.PositiveIntegerField()
    rank_best = models.PositiveIntegerField()
    rank_worst = models.PositiveIntegerField()
    votes = models.FloatField()
    win_rate = models.FloatField()
    provisional = models.CharField(max_length=40, blank=True, help_text="Why no finite maximum exists; empty: it does")

    class Meta:
        ordering = ["group", "-rating"]
        constraints = [models.UniqueConstraint(fields=["snapshot", "model"], name="one_rating_a_snapshot")]

    def __str__(self) -> str:
        return f"{self.model}: {self.rating:.0f}"
