"""What an operator says of a file: its columns, by `--mapping FIELD=COLUMN`, and its names, by `--alias NAME=SLUG`."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Collection, Iterable
from typing import Any

from django.core.management.base import CommandError


def assignment(text: str) -> tuple[str, str]:
    """Return both sides of NAME=VALUE; a name may hold the sign itself. Raises ArgumentTypeError."""
    name, _, value = text.rpartition("=")
    if not name.strip() or not value.strip():
        raise ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name.strip(), value.strip()


def add_mapping(parser: ArgumentParser, help: str) -> None:
    """Let the command be told what a file calls its columns."""
    several: dict[str, Any] = {"nargs": "+", "action": "extend", "default": []}
    parser.add_argument("--mapping", type=assignment, metavar="FIELD=COLUMN", help=help, **several)


def add_aliases(parser: ArgumentParser) -> None:
    """Let the command be told which entry a name in the file means."""
    several: dict[str, Any] = {"nargs": "+", "action": "extend", "default": []}
    help = "the entry that a name in the file means, kept for all imports"
    parser.add_argument("--alias", type=assignment, metavar="NAME=SLUG", help=help, **several)


def fields(said: Iterable[tuple[str, str]], known: Collection[str], *, needs: Collection[str] = ()) -> dict[str, str]:
    """Return the columns by field. Raises CommandError for a field that is not known, and where one of needs is not."""
    columns = dict(said)
    if unknown := [name for name in columns if name not in known]:
        raise CommandError(f"--mapping knows no field {unknown[0]!r}, but {', '.join(known)}.")
    if columns and (missing := [name for name in needs if name not in columns]):
        raise CommandError(f'--mapping needs "{missing[0]}=COLUMN".')
    return columns
