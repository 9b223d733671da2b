"""What others measured of the entries, beside the votes."""

from collections import Counter

from django.db import models

from arena.models.catalog import Kind, LanguageModel


def folded(name: str) -> str:
    """The name as it is compared: upper and lower case are the same, and space around it is none of it."""
    return name.strip().casefold()


class ModelAliasQuerySet(models.QuerySet["ModelAlias"]):
    def entries_by_name(self) -> dict[str, int]:
        """pks of entries by alias, slug and shown name, folded; where they differ, the first of these holds.

        A shown name of two entries is neither's. Moderation models are no entries here.
        """
        cards = list(LanguageModel.objects.exclude(kind=Kind.MODERATOR).values_list("pk", "slug", "display_name"))
        bearers = Counter(folded(name) for _, _, name in cards)
        shown = {folded(name): pk for pk, _, name in cards if bearers[folded(name)] == 1}
        aliases = self.exclude(entry__kind=Kind.MODERATOR).values_list("name", "entry")
        return shown | {folded(slug): pk for pk, slug, _ in cards} | dict(aliases)


class ModelAlias(models.Model):
    """A name that others use for an entry, folded, besides its slug and the name that pages show."""

    entry = models.ForeignKey(LanguageModel, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=100, unique=True)

    objects = ModelAliasQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "model aliases"

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.name = folded(self.name)


class BenchmarkSource(models.Model):
    """Whose scores they are, and under which licence they may be shown; empty: none is stated."""

    name = models.CharField(max_length=100, unique=True)
    licence = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class BenchmarkScore(models.Model):
    """What an entry reached in one benchmark, by one source. Where nobody measured there is no row."""

    entry = models.ForeignKey(LanguageModel, on_delete=models.CASCADE, related_name="scores")
    benchmark = models.CharField(max_length=100)
    score = models.FloatField()
    unit = models.CharField(max_length=20, blank=True)
    source = models.ForeignKey(BenchmarkSource, on_delete=models.CASCADE, related_name="scores")
    imported_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "benchmark", "source"], name="one_score_a_benchmark_and_source")
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.benchmark} {self.score:g}{self.unit}"
