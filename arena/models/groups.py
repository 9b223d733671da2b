"""Groups of voters, such as a class or a department: each has a board of its own."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from arena.models.voters import Voter

if TYPE_CHECKING:
    from datetime import datetime

#: What the categories of their boards begin with; the group's slug follows.
GROUP = "group-"
#: Nothing by group is shown of fewer people: it would tell what each of them thinks.
FEWEST_PEOPLE = 5
SLUG_LENGTH = 30


class VoterGroupQuerySet(models.QuerySet["VoterGroup"]):
    def rooms(self) -> "VoterGroupQuerySet":
        """Return the groups that somebody without an account can join, or could."""
        return self.filter(join_code__isnull=False)

    def open_rooms(self, *, now: "datetime") -> "VoterGroupQuerySet":
        """Return the rooms that can be joined now."""
        return self.rooms().filter(closes_at__gt=now)


class VoterGroup(models.Model):
    """Some voters who belong together. It has a board of the votes that its members cast while they were in it.

    claim: what the sign-in provider calls it; its members are in it from their next sign-in on. join_code: makes it a
    room, which anybody joins who has the code, until closes_at.
    """

    slug = models.SlugField(max_length=SLUG_LENGTH, unique=True)
    name = models.CharField(max_length=60)
    claim = models.CharField(max_length=200, blank=True)
    # NULL, because any number of groups are no rooms.
    join_code = models.CharField(max_length=12, unique=True, null=True)  # noqa: DJ001
    closes_at = models.DateTimeField(null=True, help_text="Votes cast later are not on its board")
    by = models.CharField(max_length=150, blank=True)
    created = models.DateTimeField()

    objects = VoterGroupQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def category(self) -> str:
        """The category of its board."""
        return GROUP + self.slug


class GroupMember(models.Model):
    """A voter of a group, from one moment to another. It says nothing of who that is."""

    group = models.ForeignKey(VoterGroup, on_delete=models.CASCADE, related_name="members")
    voter = models.ForeignKey(Voter, on_delete=models.PROTECT, related_name="memberships")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "voter"], condition=Q(until=None), name="once_in_a_group"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="left_after_it_came"),
        ]

    def __str__(self) -> str:
        return f"{self.voter_id} in {self.group_id}"

    def was_in(self, moment: "datetime") -> bool:
        """Tell whether the voter was in the group at this moment, and the group was open."""
        ends = [end for end in (self.until, self.group.closes_at) if end is not None]
        return self.since <= moment and all(moment < end for end in ends)
