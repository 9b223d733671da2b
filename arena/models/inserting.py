"""Insertion of rows by the ten thousand: what bulk_create does, without an instance for each."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import (
    CharField,
    DateTimeField,
    Field,
    FloatField,
    ForeignKey,
    IntegerField,
    Model,
    TextField,
    UUIDField,
)

Row = Sequence[Any]
Preparation = Callable[[Any], Any]


def insert_rows(
    model: type[Model],
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    ignore_conflicts: bool = False,
    update_conflicts: Sequence[str] = (),
) -> None:
    """Insert rows in their order; fields that are not named get their default.

    columns: attribute names, such as voter_id; their values are hashable. ignore_conflicts: leave a row alone whose key
    is there already. update_conflicts: the columns of a unique key: a row that has it already gets the other values.
    """
    named = [field for field in model._meta.concrete_fields if field.attname in columns]
    others = [field for field in model._meta.concrete_fields if not (field in named or field.primary_key)]
    named.sort(key=lambda field: columns.index(field.attname))
    rest = [field.get_db_prep_save(field.get_default(), connection) for field in others]
    # Any: Django's types ask for a list here, which would hold every row a second time.
    values: Any = _prepared(rows, [_preparation(field) for field in named], rest)
    fields = [*named, *others]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and not ignore_conflicts and not update_conflicts:
            _copy(cursor, model, fields, values)
        else:
            end = " ON CONFLICT DO NOTHING" if ignore_conflicts else _replacing(fields, update_conflicts)
            cursor.executemany(_statement(model, fields) + end, values)


def _copy(cursor: Any, model: type[Model], fields: Sequence["Field[Any, Any]"], rows: Iterable[Row]) -> None:
    """Insert the rows in the way that PostgreSQL reads fastest."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    with cursor.copy(f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _replacing(fields: Sequence["Field[Any, Any]"], key: Sequence[str]) -> str:
    if not key:
        return ""
    quote = connection.ops.quote_name
    names = {field.attname: quote(str(field.column)) for field in fields}
    values = ", ".join(f"{name} = excluded.{name}" for column, name in names.items() if column not in key)
    return f" ON CONFLICT ({', '.join(names[column] for column in key)}) DO UPDATE SET {values}"


def _statement(model: type[Model], fields: Sequence["Field[Any, Any]"]) -> str:
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({marks})"  # noqa: S608 - names of ours


def _prepared(rows: Iterable[Row], preparations: Sequence[Preparation | None], rest: list[Any]) -> Iterator[list[Any]]:
    """Yield the rows as the database takes them, each with the rest at its end."""
    places = [(place, prepare) for place, prepare in enumerate(preparations) if prepare]
    for row in rows:
        values = [*row, *rest]
        for place, prepare in places:
            values[place] = prepare(values[place])
        yield values


def _preparation(field: "Field[Any, Any]") -> Preparation | None:
    """Return the function that makes of a field's value what the database takes; None where that is the value."""
    target = field.target_field if isinstance(field, ForeignKey) else field
    if isinstance(target, CharField | TextField | IntegerField | FloatField):
        return None
    if isinstance(target, DateTimeField):
        return _prepared_time
    if isinstance(target, UUIDField):
        return None if connection.features.has_native_uuid_field else _hex
    database = connections[DEFAULT_DB_ALIAS]  # not the proxy, which looks its thread up at each touch
    # Cached: most columns of a batch hold few values, many times each.
    return lru_cache(maxsize=1024)(lambda value: field.get_db_prep_save(value, database))


def _hex(value: UUID | None) -> str | None:
    return None if value is None else value.hex


@lru_cache(maxsize=8192)  # the rows of a batch share their times, from table to table
def _prepared_time(value: datetime | None) -> Any:
    return DateTimeField().get_db_prep_save(value, connections[DEFAULT_DB_ALIAS])
