"""Reasons for a vote: given after the reveal, kept beside the vote, and never part of a rating."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from arena.models.answers import Slot
from arena.models.append_only import AppendOnly, AppendOnlyQuerySet
from arena.models.votes import Vote


class ReasonTag(models.TextChoices):
    """A quality of one side's answers. Each virtue stands beside its opposite."""

    ACCURATE = "accurate", _("accurate")
    INACCURATE = "inaccurate", _("inaccurate")
    CLEAR = "clear", _("clear")
    CONFUSING = "confusing", _("confusing")
    COMPLETE = "complete", _("complete")
    INCOMPLETE = "incomplete", _("incomplete")
    CREATIVE = "creative", _("creative")
    DULL = "dull", _("dull")
    FOLLOWS_INSTRUCTIONS = "follows_instructions", _("follows instructions")
    IGNORES_INSTRUCTIONS = "ignores_instructions", _("ignores instructions")

    @property
    def opposite(self) -> "ReasonTag":
        """Return what it stands beside: both cannot be true of one side."""
        tags = list(ReasonTag)
        return tags[tags.index(self) ^ 1]


class VoteReasonQuerySet(AppendOnlyQuerySet["VoteReason"]):
    pass


class VoteReason(AppendOnly):
    """One tag on one side of a battle that was voted on."""

    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="reasons")
    slot = models.CharField(max_length=1, choices=Slot)
    tag = models.CharField(max_length=30, choices=ReasonTag)
    at = models.DateTimeField()

    objects = VoteReasonQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vote", "slot", "tag"], name="reason_once"),
            models.CheckConstraint(condition=models.Q(tag__in=ReasonTag.values), name="known_tag"),
        ]

    def __str__(self) -> str:
        return f"{self.slot} {self.tag}"


class VoteComment(models.Model):
    """The reason in the voter's own words, at most one a vote. A text and no append-only fact: it can be erased."""

    vote = models.OneToOneField(Vote, on_delete=models.PROTECT, related_name="comment")
    text = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"comment on vote {self.vote_id}"
