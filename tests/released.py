"""The database of a release as JSON, for the test that upgrades it: `python -m tests.released FILE` writes one.

It is written once, by the code of the release, and read ever after by whatever code there is then.
"""

import base64
import json
import sys
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import BooleanField

TABLES = "arena_"


def read_tables() -> dict[str, list[dict[str, Any]]]:
    """Return all rows of the arena's tables by table, as JSON takes them."""
    names = [name for name in connection.introspection.table_names() if name.startswith(TABLES)]
    return {name: _rows(name) for name in sorted(names)}


@transaction.atomic
def fill_tables(tables: dict[str, list[dict[str, Any]]]) -> None:
    """Insert these rows as they are. Foreign keys are looked at when the transaction ends."""
    for name, rows in tables.items():
        for row in rows:
            columns = ", ".join(map(connection.ops.quote_name, row))
            marks = ", ".join(["%s"] * len(row))
            with connection.cursor() as cursor:
                cursor.execute(f"INSERT INTO {name} ({columns}) VALUES ({marks})", [*map(_from_json, row.values())])
    there = set(connection.introspection.table_names())  # the release had no tables of later models
    models = [model for model in apps.get_app_config("arena").get_models() if model._meta.db_table in there]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _rows(name: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {name} ORDER BY 1")
        columns, yes_or_no = [column[0] for column in cursor.description], _yes_or_no(name)
        return [
            {column: _as_json(value, column in yes_or_no) for column, value in zip(columns, row, strict=True)}
            for row in cursor.fetchall()
        ]


def _yes_or_no(table: str) -> set[str]:
    """The columns that hold a truth: SQLite gives them as numbers, which PostgreSQL does not take."""
    fields = (f for model in apps.get_models() if model._meta.db_table == table for f in model._meta.concrete_fields)
    return {str(field.column) for field in fields if isinstance(field, BooleanField)}


def _as_json(value: Any, is_truth: bool) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"base64": base64.b64encode(bytes(value)).decode()}
    if is_truth:
        return bool(value)
    return value if isinstance(value, int | float | str | None) else str(value)


def _from_json(value: Any) -> Any:
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value


def _play() -> None:
    """A small arena with something in most tables."""
    from django.utils import timezone

    from arena.models import Choice, ReasonTag, Vote
    from arena.people.tokens import issue_token
    from arena.scoring.publish import publish_leaderboard
    from arena.scoring.publish_full_scan import publish_full_scan_boards
    from arena.votes.cast import cast_vote
    from arena.votes.exclude import exclude_votes
    from arena.votes.reasons import give_reasons
    from tests.factories import make_battle, make_entry, make_recorded

    entries = [make_entry(name, script=f"I **like** {name} a lot.") for name in ("Zebra 7", "Okapi 9", "Tapir 3")]
    make_recorded("gpt4", "vicuna-7b")
    issue_token("a program", now=timezone.now())
    for number in range(24):
        battle = make_battle(entries[number % 3], entries[(number + 1) % 3])
        vote = cast_vote(battle, list(Choice)[(number * 7) % 4], now=timezone.now())
        if number % 5 == 0:
            give_reasons(vote, {"a": [ReasonTag.CLEAR], "b": []}, "Said well.", now=timezone.now())
    exclude_votes(Vote.objects.filter(pk__lte=2), reason="a look", by="staff", now=timezone.now(), weight=0.5)
    publish_leaderboard(now=timezone.now())
    publish_full_scan_boards(now=timezone.now())
    make_battle(entries[0], entries[1], is_answered=False)


def main(path: Path) -> None:
    """Write the database that a small arena of this code leaves behind."""
    from tests.provide.environment import ENVIRONMENT

    ENVIRONMENT.enter()
    import django
    from django.core.management import call_command

    django.setup()
    try:
        call_command("migrate", verbosity=0)
        _play()
        path.write_text(json.dumps(read_tables(), ensure_ascii=False).replace("}, {", "},\n{") + "\n", encoding="utf-8")
    finally:
        ENVIRONMENT.remove()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
