"""`manage.py prepare_models [ID...]` converts, once, the weights that active entries need."""

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from arena.backends.base import BackendError
from arena.backends.transformers_local.folders import folder_of, is_usable, is_usable_adapter
from arena.backends.transformers_local.weights import Weights, prepare
from arena.entries.catalog import CatalogError, catalog_files, read_catalog
from arena.models import LanguageModel
from arena.models.catalog import State


class Command(BaseCommand):
    help = "Convert the weights that active entries need. Quick when they are there already."
    # Every start runs this: checking would load all pages first.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "ids", nargs="*", metavar="ID", help="weights to convert; the default is those of every active entry"
        )

    def handle(self, *args: Any, ids: list[str], **options: Any) -> None:
        try:
            described = read_catalog(catalog_files(settings.VAR / "catalog")).weights
            for weights_id in _with_adapters(ids) or _needed():
                self._prepare(weights_id, described)
        except (BackendError, CatalogError, OSError) as error:
            raise CommandError(str(error)) from error

    def _prepare(self, weights_id: str, described: dict[str, Weights]) -> None:
        models = settings.VAR / "models"
        is_new = False
        if weights_id in described:
            is_new = prepare(described[weights_id], models)
        elif not _is_there(folder_of({"weights": weights_id}, models)):
            raise CommandError(f"no catalog file describes the weights {weights_id!r}, and none are in {models}")
        self.stdout.write(f"{weights_id}: {'prepared' if is_new else 'already there'}")


def _is_there(folder: Path) -> bool:
    return is_usable(folder) or is_usable_adapter(folder)


def _needed() -> list[str]:
    """Return the weights of active entries, then their adapters."""
    return _with_adapters(_active().order_by("weights").values_list("weights", flat=True).distinct())


def _with_adapters(weights: Iterable[str]) -> list[str]:
    """Return these weights and the adapters that active entries use on them."""
    bases = list(weights)
    adapters = _active().filter(weights__in=bases).exclude(adapter="").order_by("adapter")
    return [*bases, *adapters.values_list("adapter", flat=True).distinct()]


def _active() -> QuerySet[LanguageModel]:
    return LanguageModel.objects.filter(backend="transformers", state=State.ACTIVE)
