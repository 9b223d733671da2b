"""The tokens that programs send where browsers send a cookie."""

from django.db import models

from arena.models.voters import Voter


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def valid(self) -> "ApiTokenQuerySet":
        """Return the tokens that open something: not revoked, and of a voter who was not erased."""
        return self.filter(revoked_at__isnull=True, voter__erased_at__isnull=True)


class ApiToken(models.Model):
    """One program's access. It votes as a voter of its own; only the digest of the token is kept."""

    name = models.CharField(max_length=60, unique=True)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token, hexadecimal")
    voter = models.OneToOneField(Voter, on_delete=models.PROTECT, related_name="api_token")
    is_staff = models.BooleanField(default=False, help_text="May take votes out")
    created = models.DateTimeField()
    last_used = models.DateField(null=True, blank=True, help_text="The day, no more")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = "API token"

    def __str__(self) -> str:
        return self.name
