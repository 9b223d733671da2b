"""Facts that are inserted and never changed. A database trigger (migration 0002) holds the same rule below Python."""

from typing import Any, Generic, NoReturn, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


class FactsAreAppendOnly(TypeError):
    """An attempt to change or delete a fact. Add a new one instead, such as a VoteExclusion."""


class AppendOnlyQuerySet(models.QuerySet[Row], Generic[Row]):
    def update(self, **changes: Any) -> NoReturn:
        raise FactsAreAppendOnly(f"{self.model.__name__} rows are never changed")

    def delete(self) -> NoReturn:
        raise FactsAreAppendOnly(f"{self.model.__name__} rows are never deleted")


class AppendOnly(models.Model):
    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise FactsAreAppendOnly(f"{type(self).__name__} rows are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise FactsAreAppendOnly(f"{type(self).__name__} rows are never deleted")
