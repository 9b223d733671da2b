"""Scores of the entries in benchmarks that others ran, shown beside the votes."""

from django.db import models

from arena.models.catalog import LanguageModel


class BenchmarkSource(models.Model):
    """An owner of scores, and the licence under which they may be shown; empty: none is stated."""

    name = models.CharField(max_length=100, unique=True)
    licence = models.CharField(max_length=100, blank=True)
    mapping = models.JSONField(default=dict, db_default={}, blank=True, help_text="The columns of its last file")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class BenchmarkScore(models.Model):
    """The score of an entry in one benchmark, by one source. Where nobody measured there is no row."""

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
