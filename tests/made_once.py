"""Rows that many tests begin with, made once in a process and put back for each of these tests."""

from collections.abc import Callable, Hashable
from copy import deepcopy
from functools import wraps
from typing import ParamSpec, TypeVar

from django.apps import apps
from django.db import models

P = ParamSpec("P")
T = TypeVar("T")


def made_once(make: Callable[P, T]) -> Callable[P, T]:
    """Return a function that makes these rows the first time, and from then on inserts what they were.

    make: begins with none of the rows that it makes. Its arguments say which rows it makes, and are hashable.
    """
    kept: dict[tuple[Hashable, ...], tuple[T, list[list[models.Model]]]] = {}

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> T:
        which = (*args, *sorted(kwargs.items()))
        if which in kept:
            found, rows_of_each = deepcopy(kept[which])
            for rows in rows_of_each:
                type(rows[0])._base_manager.bulk_create(rows)
            return found
        before = {table: set(rows) for table, rows in _rows().items()}
        found = make(*args, **kwargs)
        new = ([row for row in rows if row not in before[table]] for table, rows in _rows().items())
        kept[which] = deepcopy((found, [rows for rows in new if rows]))
        return found

    return made


def _rows() -> dict[str, list[models.Model]]:
    """What is in each table now."""
    tables = (model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy)
    return {model._meta.db_table: list(model._base_manager.all()) for model in tables}
