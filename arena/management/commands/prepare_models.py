"""`manage.py prepare_models [ID...]` converts, once, the weights that active entries need."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from arena.entries.catalog import CatalogError
from arena.entries.prepare import prepare_weights


class Command(BaseCommand):
    help = "Convert the weights that active entries need. Quick when they are there already."
    # Nothing of the site is asked here: checking would load all pages first.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "ids", nargs="*", metavar="ID", help="weights to convert; the default is those of every active entry"
        )

    def handle(self, *args: Any, ids: list[str], **options: Any) -> None:
        try:
            problems = prepare_weights(ids, say=self.stdout.write)
        except (CatalogError, OSError) as error:
            raise CommandError(str(error)) from error
        if problems:
            raise CommandError("\n".join(f"{weights_id}: {problem}" for weights_id, problem in problems.items()))
