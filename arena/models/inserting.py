"""Insertion of rows by the ten thousand: what bulk_create does, without an instance for each."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Field, Model

Row = Sequence[Any]


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
    prepared = [_preparation(field) for field in named]
    rest = tuple(field.get_db_prep_save(field.get_default(), connection) for field in others)
    # Any: Django's types ask for a list here, which would hold every row a second time.
    values: Any = ((*(prepare(value) for prepare, value in zip(prepared, row, strict=True)), *rest) for row in rows)
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


def _preparation(field: "Field[Any, Any]") -> Callable[[Any], Any]:
    """Return the function that makes of a field's value what the database takes."""
    database = connections[DEFAULT_DB_ALIAS]  # not the proxy, which looks its thread up at each touch
    # Cached: most columns of a batch hold few values, many times each.
    return lru_cache(maxsize=1024)(lambda value: field.get_db_prep_save(value, database))
