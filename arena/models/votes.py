"""What people chose, and why some choices do not count. Both are facts: rows are added, never changed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from arena.models.append_only import AppendOnly, AppendOnlyQuerySet
from arena.models.battles import RATED, Battle
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


def weight_by_policy(source: str, excluded_to: float | None) -> float:
    """What a vote counts for: nothing where its source is off the board, else what its newest exclusion says, else 1.

    excluded_to: the weight of that exclusion, None without one.
    """
    if source not in settings.COUNTED_SOURCES:
        return 0.0
    return 1.0 if excluded_to is None else excluded_to


class VoteQuerySet(AppendOnlyQuerySet["Vote"]):
    def rated(self) -> "VoteQuerySet":
        """Those that the board counts, each with its weight."""
        return self.filter(battle__kind__in=RATED)

    def apart(self) -> "VoteQuerySet":
        """The others: their voters saw the names."""
        # By the few such battles: a join would look up the battle of every vote.
        return self.filter(battle__in=Battle.objects.exclude(kind__in=RATED))


class Vote(AppendOnly):
    """One choice on one battle."""

    battle = models.OneToOneField(Battle, on_delete=models.PROTECT, related_name="vote")
    voter = models.ForeignKey(Voter, on_delete=models.PROTECT, related_name="votes")
    choice = models.CharField(max_length=20, choices=Choice)
    source = models.CharField(max_length=20, choices=Source, default=Source.HUMAN)
    cast_at = models.DateTimeField()
    dwell_seconds = models.FloatField(null=True, help_text="From the end of the last answer to the vote")
    turns_seen = models.PositiveIntegerField()
    elo_a = models.FloatField(help_text="Elo of model A on the board that stood when the vote was cast")
    elo_b = models.FloatField()

    objects = VoteQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(choice__in=Choice.values), name="known_choice")]

    def __str__(self) -> str:
        return f"{self.choice} on {self.battle_id}"

    @property
    def has_reasons(self) -> bool:
        """Whether the voter has said why."""
        return self.reasons.exists() or hasattr(self, "comment")

    @property
    def weight(self) -> float:
        """What the vote counts for."""
        newest = self.exclusions.order_by("-pk").first()
        return weight_by_policy(self.source, newest.weight if newest else None)


class VoteExclusionQuerySet(AppendOnlyQuerySet["VoteExclusion"]):
    pass


class VoteExclusion(AppendOnly):
    """Why a vote counts less or not at all. The newest row holds; weight 1 lifts an earlier one."""

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
