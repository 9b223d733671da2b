"""Where votes come from that were cast elsewhere."""

from django.db import models


class ImportedSet(models.Model):
    """Votes that an operator brought in under one name. With it a row without an id is told from every other."""

    name = models.CharField(max_length=100, unique=True)
    format = models.CharField(max_length=40)
    created = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
