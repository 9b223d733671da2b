"""What moderators said, and what visitors reported: facts about texts, never part of a conversation."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from arena.models.answers import Slot
from arena.models.append_only import AppendOnly
from arena.models.battles import Battle, Turn
from arena.models.voters import Voter


class VerdictState(models.TextChoices):
    SAFE = "safe", _("safe")
    UNSAFE = "unsafe", _("unsafe")
    UNPARSED = "unparsed", _("not understood")
    UNAVAILABLE = "unavailable", _("no verdict in time")


class ModerationResult(AppendOnly):
    """What one moderator said of one text. That the rules found nothing is not kept: their version says it again."""

    turn = models.ForeignKey(Turn, on_delete=models.PROTECT, related_name="verdicts")
    slot = models.CharField(max_length=1, choices=Slot, blank=True, help_text="Of the answer; empty: the prompt")
    attempt = models.PositiveIntegerField(default=0, help_text="Of the answer")
    moderator = models.CharField(max_length=100)
    version = models.CharField(max_length=200)
    state = models.CharField(max_length=20, choices=VerdictState)
    categories = models.JSONField(default=list, help_text="Keys of what it is unsafe for")
    scores = models.JSONField(default=dict, help_text="By category, where the moderator has any")
    seconds = models.FloatField(null=True, help_text="How long it took; empty: it never came")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=VerdictState.values), name="known_verdict_state")
        ]
        indexes = [models.Index(fields=["moderator", "state"], name="results_of_a_moderator")]

    def __str__(self) -> str:
        return f"{self.moderator}: {self.state}"


class ReportReason(models.TextChoices):
    """What a visitor says is wrong with a conversation."""

    HARMFUL = "harmful", _("It is dangerous or against the law")
    HATE = "hate", _("It is hateful")
    SEXUAL = "sexual", _("It is sexual")
    PERSONAL = "personal", _("It tells something private of a person")
    OTHER = "other", _("Something else")


class Report(models.Model):
    """What a visitor said of a conversation. It waits until an operator decides something on it later.

    voter: of whoever reported it; None for a visitor without a key. Its note goes when its voter is forgotten.
    """

    battle = models.ForeignKey(Battle, on_delete=models.PROTECT, related_name="reports")
    voter = models.ForeignKey(Voter, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=20, choices=ReportReason)
    note = models.TextField(blank=True)
    is_of_shared_page = models.BooleanField(default=False)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.reason}: {self.battle_id}"


class DeskAction(models.TextChoices):
    """What an operator decides on a conversation."""

    DISMISS = "dismiss", _("leave it as it is")
    HIDE = "hide", _("hide it")
    UNSHARE = "unshare", _("take its link back")
    VOID = "void", _("take its vote off the board")
    ERASE = "erase", _("erase its texts")
    RESTORE = "restore", _("show it again")


class DeskDecision(AppendOnly):
    """A decision of an operator on a conversation, with its reason."""

    battle = models.ForeignKey(Battle, on_delete=models.PROTECT, related_name="decisions")
    action = models.CharField(max_length=20, choices=DeskAction)
    reason = models.CharField(max_length=500)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.action}: {self.battle_id}"
