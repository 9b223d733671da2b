"""Bring the catalog into the database: new entries are added, known ones follow what their file says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from arena.backends.base import Unavailable
from arena.backends.transformers_local.folders import folder_of, is_usable
from arena.backends.transformers_local.prompt import refuse_unusable_template
from arena.backends.transformers_local.template_options import template_options
from arena.backends.transformers_local.weights import Weights
from arena.entries.catalog import CatalogError, Entry
from arena.models import Battle, LanguageModel, ModelAlias
from arena.models.catalog import folded

#: What an entry competes with. Once it has been in a battle, other values make another competitor.
COMPETING = (
    "backend",
    "weights",
    "adapter",
    "prompt_template",
    "system_prompt",
    "context_tokens",
    "temperature",
    "top_p",
    "max_new_tokens",
    "options",
)
NO_WEIGHTS: Mapping[str, Weights] = MappingProxyType({})


class SettingsAreFixed(CatalogError):
    """An entry that has been in a battle would compete with other settings."""


@dataclass(frozen=True)
class Change:
    """What loading did to one entry. fields: those that got another value; empty for a new entry."""

    slug: str
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"changed {self.slug}: {', '.join(self.fields)}" if self.fields else f"added {self.slug}"


@transaction.atomic
def load_catalog(entries: Iterable[Entry], weights: Mapping[str, Weights] = NO_WEIGHTS) -> list[Change]:
    """Bring all entries into the database, or none, and return what changed. `state` stays what the operator made it.

    weights: by id, where the files describe them. Raises SettingsAreFixed, and CatalogError for a prompt template that
    the entry's weights cannot be used with.
    """
    described = list(entries)
    changes = [change for entry in described if (change := _load(entry, weights))]
    for entry in described:
        _add_aliases(entry)
    return changes


def _add_aliases(entry: Entry) -> None:
    """Add the aliases that the entry lacks; an operator's own stay. Raises CatalogError for a name of another entry."""
    known = LanguageModel.objects.by_any_name()
    model = LanguageModel.objects.get(slug=entry.slug)
    for alias in map(folded, entry.aliases):
        if known.get(alias) not in (None, model.pk):
            raise CatalogError(f"{entry.origin}: the alias {alias!r} is a name of another entry already")
        ModelAlias.objects.get_or_create(name=alias, defaults={"entry": model})


def _load(entry: Entry, weights: Mapping[str, Weights]) -> Change | None:
    # Locked: on PostgreSQL a battle that begins meanwhile waits, and is then one of the new settings.
    known = LanguageModel.objects.select_for_update().filter(slug=entry.slug).first()
    if known is None:
        _refuse_unusable_template(entry, weights)
        LanguageModel.objects.create(slug=entry.slug, **entry.fields)
        return Change(entry.slug)
    changed = tuple(name for name, value in entry.fields.items() if getattr(known, name) != value)
    if not changed:
        return None
    _refuse_another_competitor(known, entry, changed)
    if set(changed) & set(COMPETING):
        _refuse_unusable_template(entry, weights)
    _set(known, {name: entry.fields[name] for name in changed})
    return Change(entry.slug, changed)


def _refuse_unusable_template(entry: Entry, weights: Mapping[str, Weights]) -> None:
    """Refuse a template that the weights cannot be used with. Weights that are yet to be fetched cannot be tried."""
    fields = entry.fields
    if fields["backend"] != "transformers":
        return
    try:
        template_options(fields["prompt_template"], fields["options"])
        if folder := _folder_of(fields, weights):
            refuse_unusable_template(
                fields["prompt_template"], fields["system_prompt"], folder, options=fields["options"]
            )
    except Unavailable as error:
        raise CatalogError(f"{entry.origin}: {error}") from error


def _folder_of(fields: Mapping[str, Any], weights: Mapping[str, Weights]) -> Path | None:
    """Return where the entry's weights lie, prepared or as an operator has them; None where they do not yet."""
    prepared, described = folder_of(fields, settings.VAR / "models"), weights.get(fields["weights"])
    folders = (prepared, Path(described.path)) if described and described.path else (prepared,)
    return next(filter(is_usable, folders), None)


def _refuse_another_competitor(known: LanguageModel, entry: Entry, changed: tuple[str, ...]) -> None:
    fixed = [name for name in changed if name in COMPETING]
    if fixed and Battle.objects.filter(Q(model_a=known) | Q(model_b=known)).exists():
        raise SettingsAreFixed(
            f"{entry.origin}: {known.slug!r} has been in battles with another {', '.join(fixed)}; "
            "give the new settings a new slug and retire the old entry"
        )


def _set(model: LanguageModel, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(model, name, value)
    model.save(update_fields=list(values))
