"""Who votes: a pseudonym behind a random cookie."""

import uuid

from django.db import models


class Voter(models.Model):
    """Known by the digest of a random key that only the voter's browser holds.

    An erased voter has no key any more: the votes stay as numbers that lead back to nobody.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # NULL, because any number of erased voters have none.
    key_digest = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001
    created = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True, blank=True, help_text="When the voter asked to be forgotten")

    def __str__(self) -> str:
        return str(self.id)
