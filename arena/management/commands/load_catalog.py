"""`manage.py load_catalog [FILE...]` brings the entries of the catalogue into the database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from arena.entries.catalog import CatalogError, catalog_files, read_catalog
from arena.entries.load_catalog import load_catalog


class Command(BaseCommand):
    help = "Add the entries of the catalogue and update those that changed. Prints nothing where nothing did."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", nargs="*", type=Path, help="the default is the shipped files and ARENA_VAR/catalog/*.toml"
        )

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        try:
            catalog = read_catalog(files or catalog_files(settings.VAR / "catalog"))
            changes = load_catalog(catalog.entries, catalog.weights)
        except CatalogError as error:
            raise CommandError(str(error)) from error
        for change in changes:
            self.stdout.write(str(change))
