"""Add an operator's catalogue file: its entries compete from now on, and after every restart."""

import os
import tomllib
from collections.abc import Sequence
from pathlib import Path

from django.db import transaction

from arena.backends import backend
from arena.backends.base import BackendError
from arena.entries.catalog import CatalogError, Entry, catalog_files, read_catalog
from arena.entries.load_catalog import load_catalog
from arena.entries.states import mend_entries
from arena.models import LanguageModel
from arena.models.catalog import State


class CannotAdd(CatalogError):
    """Nothing of the file was added. The message says why."""


def add_entries(file: Path, own: Path) -> list[LanguageModel]:
    """Add all entries of a file, or none, and return them.

    The file is copied into `own`, the operator's folder, which every start reads. Raises CatalogError, and CannotAdd
    for a slug that is taken, a file that is there already, a path that is not absolute, and a model server that does
    not have the model.
    """
    target = own / file.name
    _refuse_a_name_that_does_not_fit(file, target)
    entries = read_catalog([file]).entries
    if not _is_same(target, file):
        _refuse_paths_that_a_copy_would_change(file)
    _refuse_taken_slugs(entries)
    catalog = read_catalog([path for path in catalog_files(own) if not _is_same(path, file)] + [file])
    for entry in entries:
        _refuse_a_server_without_the_model(entry)
    with transaction.atomic():
        load_catalog(entries, catalog.weights)
        mend_entries(LanguageModel.objects.filter(slug__in=[entry.slug for entry in entries]))
        if not _is_same(target, file):
            _copy(file, target)
    return list(LanguageModel.objects.filter(slug__in=[entry.slug for entry in entries]).order_by("slug"))


def _refuse_a_name_that_does_not_fit(file: Path, target: Path) -> None:
    if file.suffix != ".toml":
        raise CannotAdd(f"{file.name}: a catalogue file's name ends in .toml")
    if target.exists() and not _is_same(target, file):
        raise CannotAdd(f"{target} is there already: give your file another name, or change that one and load_catalog")


def _refuse_paths_that_a_copy_would_change(file: Path) -> None:
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    for described_id, table in (*tables.get("weights", {}).items(), *tables.get("adapter", {}).items()):
        path = Path(table.get("path", "/")).expanduser()
        if not path.is_absolute():
            raise CannotAdd(
                f"{file.name}: the path of {described_id!r} must be absolute, because this file is copied: "
                f"{(file.parent / path).resolve()}"
            )


def _refuse_taken_slugs(entries: Sequence[Entry]) -> None:
    taken = LanguageModel.objects.in_bulk([entry.slug for entry in entries], field_name="slug")
    for entry in entries:
        # A broken one may be added again, once what was wrong with it is mended.
        if entry.slug in taken and taken[entry.slug].state != State.BROKEN:
            name = taken[entry.slug].display_name
            raise CannotAdd(f"{entry.origin}: slug {entry.slug!r} is taken by {name!r}; choose another one")


def _refuse_a_server_without_the_model(entry: Entry) -> None:
    """Refuse an entry whose server lacks its model: some servers answer with another model then."""
    if entry.fields["weights"]:
        return
    try:
        backend(entry.fields["backend"]).warm_up(entry.fields["options"])
    except BackendError as error:
        raise CannotAdd(f"{entry.origin}: {error}") from error


def _is_same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def _copy(file: Path, target: Path) -> None:
    """Copy the file whole or not at all: a start may read the folder meanwhile."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")
    partial.write_bytes(file.read_bytes())
    os.replace(partial, target)
