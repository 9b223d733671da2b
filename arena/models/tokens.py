"""The tokens that programs send where browsers send a cookie."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q

from arena.models.voters import Voter


class Scope(models.TextChoices):
    """What a token opens, one word each."""

    READ = "read", "Read boards and models"
    PLAY = "play", "Battle and vote"
    EXPORT = "export", "Take votes out"
    OPERATE = "operate", "Run the arena"


#: What a token opens where nothing is said, and what those of earlier versions opened.
USUAL_SCOPES = f"{Scope.READ} {Scope.PLAY}"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def valid(self, now: datetime) -> "ApiTokenQuerySet":
        """Return the tokens that open something: neither revoked nor over, and of nobody erased or locked out."""
        in_time = Q(expires__isnull=True) | Q(expires__gt=now)
        of_somebody = Q(account__isnull=True) | Q(account__is_active=True)
        return self.filter(in_time, of_somebody, revoked_at__isnull=True, voter__erased_at__isnull=True)


class ApiToken(models.Model):
    """One program's access. It votes as a voter of its own; only the digest of the token is kept."""

    name = models.CharField(max_length=60, unique=True)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token, hexadecimal")
    voter = models.OneToOneField(Voter, on_delete=models.PROTECT, related_name="api_token")
    account = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="api_tokens", help_text="Empty: the arena's"
    )
    scopes = models.CharField(
        max_length=100, default=USUAL_SCOPES, db_default=USUAL_SCOPES, help_text="What it opens, with spaces between"
    )
    is_staff = models.BooleanField(default=False, help_text="May take votes out, as the scope export")
    created = models.DateTimeField()
    last_used = models.DateField(null=True, blank=True, help_text="The day, no more")
    expires = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = "API token"

    def __str__(self) -> str:
        return self.name

    @property
    def opens(self) -> list[str]:
        """Return its scopes, in their order."""
        held = {*self.scopes.split(), *([Scope.EXPORT] if self.is_staff else [])}
        return [scope.value for scope in Scope if scope in held]
