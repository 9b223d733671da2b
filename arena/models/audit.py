"""The audit log: who did or saw what, when, in which role."""

from datetime import datetime

from django.db import connections, models, transaction
from django.utils.translation import gettext_lazy as _

from arena.models.append_only import AppendOnly, AppendOnlyQuerySet


class Action(models.TextChoices):
    """What was done or seen."""

    SIGNED_IN = "signed-in", _("signed in")
    SIGN_IN_REFUSED = "sign-in-refused", _("sign-in refused")
    SIGNED_OUT = "signed-out", _("signed out")
    INVITED = "invited", _("made an invitation")
    INVITATION_REVOKED = "invitation-revoked", _("revoked an invitation")
    JOINED = "joined", _("came in for the first time")
    PERMISSIONS_CHANGED = "permissions-changed", _("changed what an account may do")
    LOOKED_AT_PEOPLE = "looked-at-people", _("looked at who a voter is")
    VOTERS_LINKED = "voters-linked", _("said that voters are one person")
    ENTRY_CHANGED = "entry-changed", _("changed an entry")
    VOTES_WEIGHED = "votes-weighed", _("excluded or restored votes")
    IMPORTED = "imported", _("brought a file in")
    EXPORTED = "exported", _("took data out")
    ERASED = "erased", _("erased a voter or an account")
    SETTINGS_CHANGED = "settings-changed", _("changed the arena")
    CONTENT_DECIDED = "content-decided", _("decided on a conversation")
    TOKEN_MADE = "token-made", _("made an API token")
    TOKEN_REVOKED = "token-revoked", _("revoked an API token")


class AuditQuerySet(AppendOnlyQuerySet["AuditEntry"]):
    def drop_before(self, moment: datetime) -> int:
        """Drop the lines that are older than this, and return how many. It is the only way by which any goes."""
        old = self.filter(at__lt=moment)
        with transaction.atomic(using=self.db):
            if connections[self.db].vendor == "postgresql":
                with connections[self.db].cursor() as cursor:
                    cursor.execute("SET LOCAL arena.retention = 'audit'")
            return int(old._raw_delete(self.db))


class AuditEntry(AppendOnly):
    """One line of the log. Never changed; old lines go by their age alone.

    actor: the name of the account, empty for this machine's command line. account_id: its key, which outlives it.
    """

    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=150, blank=True)
    account_id = models.BigIntegerField(null=True, blank=True)
    role = models.CharField(max_length=40, blank=True)
    action = models.CharField(max_length=40, help_text="One of Action")
    subject = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.actor or 'command line'} {self.action} {self.subject}"
