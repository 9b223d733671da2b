"""Links: the facts that two pseudonyms are one person."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from arena.models.append_only import AppendOnly, AppendOnlyQuerySet
from arena.models.voters import Voter

if TYPE_CHECKING:
    from datetime import datetime


class LinkRule(models.TextChoices):
    """Who says so."""

    ACCOUNT = "account", _("signed in with the same account")
    OPERATOR = "operator", _("an operator's decision")


class VoterLinkQuerySet(AppendOnlyQuerySet["VoterLink"]):
    def that_hold(self, *, until: "datetime | None" = None) -> "VoterLinkQuerySet":
        """Return the newest link of each voter, those that were taken back left out. until: as it was then."""
        then = self if until is None else self.filter(at__lte=until)
        newest = then.values("voter").annotate(newest=Max("pk")).values("newest")
        return self.filter(pk__in=newest, into__isnull=False)

    def newest_at(self) -> "datetime | None":
        """Return when anything was said last of which voters are one person; None where nothing ever was."""
        return self.order_by("-at").values_list("at", flat=True).first()


class VoterLink(AppendOnly):
    """A decision that a voter is the same person as another, or that it is not: then `into` is empty.

    The newest of a voter holds. It says nothing of who that person is.
    """

    voter = models.ForeignKey(Voter, on_delete=models.PROTECT, related_name="links")
    into = models.ForeignKey(Voter, on_delete=models.PROTECT, null=True, related_name="linked")
    rule = models.CharField(max_length=40, help_text="One of LinkRule")
    reason = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=100, blank=True, help_text="Empty where the arena itself saw it")
    at = models.DateTimeField(db_index=True)

    objects = VoterLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.voter_id} is {self.into_id}"
