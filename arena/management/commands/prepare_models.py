"""`manage.py prepare_models [ID...]`: convert, once, the weights that active entries need."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from arena.backends.base import BackendError
from arena.backends.transformers_local.weights import Weights, folder_of, is_usable, prepare
from arena.catalog import CatalogError, catalog_files, read_catalog
from arena.models import LanguageModel
from arena.models.catalog import State


class Command(BaseCommand):
    help = "Convert the weights that active entries need; quick when they are there already"
    # Every start runs this: checking would load all pages first.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ids", nargs="*", metavar="ID", help="default: the weights of every active entry")

    def handle(self, *args: Any, ids: list[str], **options: Any) -> None:
        try:
            described = read_catalog(catalog_files(settings.VAR / "catalog")).weights
            for weights_id in ids or _needed():
                self._prepare(weights_id, described)
        except (BackendError, CatalogError) as error:
            raise CommandError(str(error)) from error

    def _prepare(self, weights_id: str, described: dict[str, Weights]) -> None:
        models = settings.VAR / "models"
        is_new = False
        if weights_id in described:
            is_new = prepare(described[weights_id], models)
        elif not is_usable(folder_of({"weights": weights_id}, models)):
            raise CommandError(f"no catalog file describes the weights {weights_id!r}, and none are in {models}")
        self.stdout.write(f"{weights_id}: {'converted' if is_new else 'already there'}")


def _needed() -> list[str]:
    active = LanguageModel.objects.filter(backend="transformers", state=State.ACTIVE)
    return list(active.order_by("weights").values_list("weights", flat=True).distinct())
