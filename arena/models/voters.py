"""Who votes: a pseudonym behind a random cookie."""

import uuid

from django.db import models


class Voter(models.Model):
    """Known by the digest of a random key that only the voter's browser holds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key_digest = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.id)
