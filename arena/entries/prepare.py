"""Fetch and convert the weights and adapters that entries need; what cannot be had breaks its own entries only."""

import logging
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet

from arena.backends.base import BackendError, Unavailable
from arena.backends.transformers_local.folders import folder_of, is_usable, is_usable_adapter
from arena.backends.transformers_local.weights import Weights, prepare
from arena.entries.catalog import catalog_files, read_catalog
from arena.entries.states import break_unserved_entries
from arena.models import LanguageModel
from arena.models.catalog import State

logger = logging.getLogger(__name__)


def prepare_weights(ids: Iterable[str] = (), *, say: Callable[[str], object]) -> dict[str, str]:
    """Prepare these weights with their adapters, or what all entries need, and return what cannot be had, and why.

    say: gets a line for each that is there now. Raises CatalogError, which names what no file may say.
    """
    described = read_catalog(catalog_files(settings.VAR / "catalog")).weights
    problems = {}
    for weights_id in _with_adapters(ids) or _needed():
        try:
            is_new = _put_there(weights_id, described)
        except Exception as error:  # noqa: BLE001 (whatever it is, it breaks these entries only)
            problems[weights_id] = _break(weights_id, error)
        else:
            say(f"{weights_id}: {'prepared' if is_new else 'already there'}")
    return problems


def _put_there(weights_id: str, described: dict[str, Weights]) -> bool:
    """Return False if it was there and nothing was done. Raises Unavailable."""
    models = settings.VAR / "models"
    if weights_id in described:
        return prepare(described[weights_id], models)
    if not _is_there(folder_of({"weights": weights_id}, models)):
        raise Unavailable(f"no catalog file describes the weights {weights_id!r}, and none are in {models}")
    return False


def _is_there(folder: Path) -> bool:
    return is_usable(folder) or is_usable_adapter(folder)


def _break(weights_id: str, error: Exception) -> str:
    """Break the entries with these weights or this adapter, and return why, as a sentence."""
    is_sentence = isinstance(error, BackendError | OSError)
    if not is_sentence:
        logger.error("%s cannot be prepared", weights_id, exc_info=error)
    problem = str(error) if is_sentence else f"{type(error).__name__}: {error}"
    with_it = LanguageModel.objects.filter(Q(weights=weights_id) | Q(adapter=weights_id), backend="transformers")
    break_unserved_entries(with_it, problem)
    return problem


def _needed() -> Sequence[str]:
    """Return the weights of active entries, then their adapters."""
    return _with_adapters(_wanted().order_by("weights").values_list("weights", flat=True).distinct())


def _with_adapters(weights: Iterable[str]) -> Sequence[str]:
    """Return these weights and the adapters that active entries use on them."""
    bases = list(weights)
    adapters = _wanted().filter(weights__in=bases).exclude(adapter="").order_by("adapter")
    return [*bases, *adapters.values_list("adapter", flat=True).distinct()]


def _wanted() -> QuerySet[LanguageModel]:
    """Return the active entries, and the broken ones: what they lacked may be there now."""
    return LanguageModel.objects.filter(backend="transformers", state__in=(State.ACTIVE, State.BROKEN))
