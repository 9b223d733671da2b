"""Votes, and the exclusions by which some do not count. Both are facts: rows are added, never changed."""

from datetime import datetime
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from arena.models.append_only import AppendOnly, AppendOnlyQuerySet
from arena.models.battles import BLIND_KINDS, Battle
from arena.models.voters import Voter


class Choice(models.TextChoices):
    MODEL_A = "model_a", _("A is better")
    MODEL_B = "model_b", _("B is better")
    TIE = "tie", _("Tie")
    BOTH_BAD = "both_bad", _("Both are bad")


class Source(models.TextChoices):
    HUMAN = "human"
    API = "api"
    IMPORTED = "imported"


class VoteQuerySet(AppendOnlyQuerySet["Vote"]):
    def from_source(self, source: str) -> "VoteQuerySet":
        """Return the votes of a kind of voter, one of Source, or else those of the imported set of this name."""
        return self.filter(source=source) if source in Source else self.filter(battle__imported_from__name=source)

    def apart(self) -> "VoteQuerySet":
        """Return the votes that are on no board, because their voters saw the names."""
        # By the few such battles: a join would look up the battle of every vote.
        return self.filter(battle__in=Battle.objects.exclude(kind__in=BLIND_KINDS))


def _score_fits_choice() -> Q:
    """Return the condition that a score, where there is one, prefers the side that the choice prefers."""
    least = {Choice.MODEL_A: 0.5, Choice.MODEL_B: 0.0, Choice.TIE: 0.0, Choice.BOTH_BAD: 0.5}
    most = {Choice.MODEL_A: 1.0, Choice.MODEL_B: 0.5, Choice.TIE: 1.0, Choice.BOTH_BAD: 0.5}
    fits = (Q(choice=choice, score__gte=least[choice], score__lte=most[choice]) for choice in Choice)
    return reduce(or_, fits, Q(score__isnull=True))


class Vote(AppendOnly):
    """One choice on one battle."""

    battle = models.OneToOneField(Battle, on_delete=models.PROTECT, related_name="vote")
    voter = models.ForeignKey(Voter, on_delete=models.PROTECT, related_name="votes")
    choice = models.CharField(max_length=20, choices=Choice)
    score = models.FloatField(
        null=True, help_text="Points of side A in [0, 1] that came with the vote; empty where the choice says them"
    )
    source = models.CharField(max_length=20, choices=Source, default=Source.HUMAN)
    cast_at = models.DateTimeField()
    dwell_seconds = models.FloatField(null=True, help_text="From the end of the last answer to the vote")
    turns_seen = models.PositiveIntegerField()
    elo_a = models.FloatField(help_text="Elo of model A on the board that stood when the vote was cast")
    elo_b = models.FloatField()
    #: What it counts for, on the row that `cast_vote` has just written; None on one that was read.
    weight_when_cast: float | None = None

    objects = VoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(choice__in=Choice.values), name="known_choice"),
            models.CheckConstraint(condition=_score_fits_choice(), name="score_fits_choice"),
        ]

    def __str__(self) -> str:
        return f"{self.choice} on {self.battle_id}"

    @property
    def has_reasons(self) -> bool:
        """Tell whether the voter has given a reason or a comment, in one query."""
        given = Q(reasons__isnull=False) | Q(comment__isnull=False)
        return Vote.objects.filter(given, pk=self.pk).exists()


class VoteExclusionQuerySet(AppendOnlyQuerySet["VoteExclusion"]):
    def newest(self, *, until: datetime | None = None) -> "VoteExclusionQuerySet":
        """Return the exclusion of each vote that holds: its newest one, of those up to a moment if one is given."""
        among = VoteExclusion.objects.all() if until is None else VoteExclusion.objects.filter(at__lte=until)
        newer = among.filter(vote=models.OuterRef("vote"), pk__gt=models.OuterRef("pk"))
        own = self if until is None else self.filter(at__lte=until)
        return own.filter(~models.Exists(newer))

    def weights(self) -> dict[int, float]:
        """Return the weight that each exclusion gives its vote, by the vote's pk."""
        return dict(self.values_list("vote_id", "weight"))


class VoteExclusion(AppendOnly):
    """A reason why a vote counts less or not at all. The newest row holds; weight 1 lifts an earlier one."""

    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="exclusions")
    rule = models.CharField(max_length=60)
    rule_version = models.CharField(max_length=20)
    weight = models.FloatField(default=0.0)
    evidence = models.JSONField(default=dict, blank=True)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    objects = VoteExclusionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weight__gte=0) & Q(weight__lte=1), name="weight_between_0_and_1")
        ]

    def __str__(self) -> str:
        return f"{self.rule} on vote {self.vote_id}"
