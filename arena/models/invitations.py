"""Links by which people come into an arena that is not open to all."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from arena.models.groups import VoterGroup


class Opens(models.TextChoices):
    """What an invitation opens: an account with a role; or without one reading, or playing too, to its browser."""

    ACCOUNT = "account", _("an account")
    PLAY = "play", _("reading and playing")
    READ = "read", _("reading")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def valid(self, now: datetime) -> "InvitationQuerySet":
        """Return those that are not revoked, and whose time is not over."""
        return self.filter(Q(expires__isnull=True) | Q(expires__gt=now), revoked_at__isnull=True)

    def outstanding(self, now: datetime) -> "InvitationQuerySet":
        """Return those by which somebody more can come in."""
        return self.valid(now).filter(Q(quota__isnull=True) | Q(uses__lt=F("quota")))


class Invitation(models.Model):
    """A link that opens something. Only the digest of its token is kept.

    role: what an account gets by it. group: whose member one becomes. quota: how many it lets in; empty: any
    number. uses: how many it let in.
    """

    name = models.CharField(max_length=100, help_text="What lists and the audit log call it")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token, hexadecimal")
    opens = models.CharField(max_length=20, choices=Opens)
    role = models.CharField(max_length=20, blank=True)
    group = models.ForeignKey(VoterGroup, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.CharField(max_length=150, blank=True, help_text="Empty for this machine's command line")
    created = models.DateTimeField()
    expires = models.DateTimeField(null=True, blank=True)
    quota = models.PositiveIntegerField(null=True, blank=True)
    uses = models.PositiveIntegerField(default=0)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def can_be_revoked(self) -> bool:
        """Tell whether it would close anything: an account that was made by it stays."""
        is_used_up = self.opens == Opens.ACCOUNT and self.quota is not None and self.uses >= self.quota
        return self.revoked_at is None and not is_used_up
