"""The published boards."""

from django.db import models

from arena.models.catalog import LanguageModel, Pool
from arena.models.counts import OVERALL
from arena.models.groups import FEWEST_PEOPLE, GROUP
from arena.models.links import VoterLink


class RatingSnapshotQuerySet(models.QuerySet["RatingSnapshot"]):
    def shown(self) -> "RatingSnapshotQuerySet":
        """Return the boards that pages may show: none of a group of which too few people have voted."""
        return self.exclude(category__startswith=GROUP, voters__lt=FEWEST_PEOPLE)

    def newest(self, category: str = OVERALL) -> "RatingSnapshot | None":
        return self.filter(category=category).order_by("-id").first()

    def newest_clustered(self, category: str) -> "RatingSnapshot | None":
        """Return the newest board of this category whose intervals were computed by voter and by prompt."""
        return self.filter(category=category, clustered_at__isnull=False).order_by("-id").first()

    def newest_checked(self) -> "RatingSnapshot | None":
        """Return the newest overall board whose votes were asked how firm it is."""
        return self.filter(category=OVERALL, checks__isnull=False).order_by("-id").first()

    def categories(self) -> set[str]:
        """Return the categories of which there ever was a board."""
        return set(self.order_by().values_list("category", flat=True).distinct())

    def newest_ids(self, *categories: str) -> dict[str, int]:
        """Return the pk of the newest board of each of these categories that has one, by category, in one query."""
        boards = self.filter(category__in=categories).order_by().values("category").annotate(newest=models.Max("pk"))
        return dict(boards.values_list("category", "newest"))

    def newest_id(self, category: str = OVERALL) -> int:
        """Return the pk of the newest board of this category; 0 before the first one."""
        return self.filter(category=category).order_by("-id").values_list("pk", flat=True).first() or 0

    def categories_with_votes(self) -> set[str]:
        """Return the categories whose newest board counts a vote, and may be shown."""
        newest = self.order_by().values("category").annotate(newest=models.Max("pk")).values("newest")
        return set(self.shown().filter(pk__in=newest, votes__gt=0).order_by().values_list("category", flat=True))

    def newest_of_each(self) -> list[int]:
        """Return the pks of the newest board of each category."""
        return list(self.values("category").annotate(newest=models.Max("pk")).values_list("newest", flat=True))

    def to_cluster(self) -> "RatingSnapshotQuerySet":
        """Return the newest boards whose intervals do not tell yet which voters are one person."""
        link = VoterLink.objects.newest_at()
        before = models.Q(clustered_at__lt=link) if link else models.Q()
        return self.filter(models.Q(clustered_at=None) | before, pk__in=self.newest_of_each())

    def newest_rows(self, category: str = OVERALL) -> "models.QuerySet[Rating]":
        """Return the rows of the newest board, by group and from the highest; entries without votes are not in it."""
        newest = self.filter(category=category).order_by("-id").values("pk")[:1]
        return Rating.objects.filter(snapshot=newest)

    def newest_ratings(self) -> "dict[int, Rating]":
        """Return the rows of the newest board by the entry's pk."""
        return {rating.model_id: rating for rating in self.newest_rows()}

    def newest_elo(self, *entries: int) -> dict[int, float]:
        """Return Elo on the newest board of those of these entries that are on it, by pk."""
        return dict(self.newest_rows().filter(model__in=entries).values_list("model_id", "elo"))

    def newest_votes(self, category: str = OVERALL) -> dict[int, float]:
        """Return the votes on the newest board by the entry's pk."""
        return dict(self.newest_rows(category).values_list("model_id", "votes"))


class Board(models.Model):
    """A lock, one row a category. Whoever holds it counts votes and publishes."""

    category = models.CharField(max_length=40, primary_key=True)

    def __str__(self) -> str:
        return self.category


class RatingSnapshot(models.Model):
    """One published leaderboard: a pure function of the counted votes, the policy and the code version."""

    category = models.CharField(max_length=40, default=OVERALL)
    policy = models.CharField(max_length=200)
    code_version = models.CharField(max_length=40)
    published = models.DateTimeField()
    votes = models.PositiveBigIntegerField(help_text="Votes counted with a weight above zero")
    last_number = models.PositiveBigIntegerField(help_text="Place in the order of counting of the newest vote")
    digest = models.CharField(max_length=64, help_text="Order-free sum over the counted votes, hexadecimal")
    overall_snapshot = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        help_text="Of a full-scan board: the overall board of its moment",
    )
    clustered_at = models.DateTimeField(
        null=True, help_text="When its intervals were computed by voter and by prompt; empty: carried from before"
    )
    voters = models.PositiveBigIntegerField(default=0, db_default=0, help_text="Numbers of voters whose votes count")
    prompts = models.PositiveBigIntegerField(default=0, db_default=0, help_text="Numbers of prompts with such votes")
    checks = models.JSONField(
        null=True, help_text="What arena.scoring.checks found of its votes; empty: not asked of this board"
    )
    effects = models.JSONField(default=dict, help_text="What style is worth: by feature value, lower, upper in points")

    objects = RatingSnapshotQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["category", "-id"])]

    def __str__(self) -> str:
        return f"{self.category} after {self.votes} votes"

    def rows(self) -> "list[Rating]":
        """Return its ratings with their models, by group and from the highest."""
        return list(self.ratings.select_related("model"))

    def is_before_links(self) -> bool:
        """Tell whether its intervals are older than what was said of which voters are one person."""
        link = VoterLink.objects.newest_at()
        return link is not None and (self.clustered_at is None or self.clustered_at < link)


class PairingPlan(models.Model):
    """The information that a vote on each pair of entries would add to the newest board. Replaced with each board."""

    pool = models.CharField(max_length=20, choices=Pool, primary_key=True)
    entries = models.JSONField(help_text="pks in the order of the shares")
    shares = models.BinaryField(help_text="One triangle of the matrix, row by row, as arena.pairing.draw packs it")

    def __str__(self) -> str:
        return f"{len(self.entries)} {self.pool} entries"


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
    rank_simultaneous = models.PositiveIntegerField(default=0, help_text="By all differences at once")
    above_next = models.FloatField(null=True, help_text="Chance to be truly better than the next entry of its group")
    votes = models.FloatField()
    win_rate = models.FloatField()
    both_bad_rate = models.FloatField(default=0, help_text="Share of its votes that called both answers bad")
    design_factor = models.FloatField(
        default=1, db_default=1, help_text="Its interval as a multiple of the one for independent votes"
    )
    effective_voters = models.FloatField(
        null=True, help_text="As many voters with equally many votes would say as much"
    )
    effective_prompts = models.FloatField(null=True, help_text="The same of prompts; empty where none is known")
    provisional = models.CharField(max_length=40, blank=True, help_text="Why no finite maximum exists; empty: it does")

    class Meta:
        ordering = ["group", "-rating"]
        constraints = [models.UniqueConstraint(fields=["snapshot", "model"], name="one_rating_a_snapshot")]

    def __str__(self) -> str:
        return f"{self.model}: {self.rating:.0f}"

    @property
    def ranks(self) -> str:
        """Return the rank, such as "2", or the range of ranks that the intervals allow, such as "2–4"."""
        best, worst = self.rank_best, self.rank_worst
        return str(best) if best == worst else f"{best}–{worst}"
