"""Add an operator's catalogue file: its entries compete from now on, and after every restart."""

import os
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from arena.answers.advice import advice
from arena.answers.test_run import DEFAULT_PROMPT, run_test
from arena.backends import backend
from arena.backends.base import BackendError
from arena.entries.catalog import CatalogError, Entry, catalog_files, read_catalog
from arena.entries.load_catalog import load_catalog
from arena.entries.states import break_entries, mend_entries
from arena.models import LanguageModel
from arena.models.catalog import State


class CannotAdd(CatalogError):
    """Nothing of the file was added. The message says why."""


@dataclass(frozen=True)
class FailedTrial:
    """What went wrong when a server was asked for one answer, and what the operator can do about it."""

    cause: str
    advice: str


@dataclass(frozen=True)
class Added:
    """An entry that was added. failed: why it is broken, None where it is not."""

    entry: LanguageModel
    failed: FailedTrial | None = None


def add_entries(file: Path, own: Path, *, on_trial: Callable[[str], object] = lambda slug: None) -> list[Added]:
    """Add all entries of a file, or none, and return them.

    The file is copied into `own`, the operator's folder, which every start reads. An entry behind a server is asked
    for one answer; where the server has the model and this fails, the entry is added and broken. on_trial: gets its
    slug before. Raises CatalogError, and CannotAdd for a slug that is taken, a file that is there already, a path that
    is not absolute, and a model server that is not there or does not have the model.
    """
    target = own / file.name
    _refuse_a_name_that_does_not_fit(file, target)
    entries = read_catalog([file]).entries
    if not _is_same(target, file):
        _refuse_paths_that_a_copy_would_change(file)
    _refuse_taken_slugs(entries)
    catalog = read_catalog([path for path in catalog_files(own) if not _is_same(path, file)] + [file])
    failed = {entry.slug: _failed_trial(entry, on_trial) for entry in entries if not entry.fields["weights"]}
    with transaction.atomic():
        load_catalog(entries, catalog.weights)
        added = LanguageModel.objects.filter(slug__in=[entry.slug for entry in entries]).order_by("slug")
        mend_entries(added)
        for slug, trial in failed.items():
            if trial:
                break_entries(added.filter(slug=slug), trial.advice)
        if not _is_same(target, file):
            put_in_place(file.read_bytes(), target)
    return [Added(entry, failed.get(entry.slug)) for entry in added.all()]


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


def _failed_trial(entry: Entry, on_trial: Callable[[str], object]) -> FailedTrial | None:
    """Return why the entry's server gave no answer, None if it gave one, or if nobody else writes the answers.

    Raises CannotAdd where the server lacks the model, and where it neither lists its models nor answers.
    """
    if entry.fields["backend"] != "openai":
        return None
    on_trial(entry.slug)
    model = LanguageModel(slug=entry.slug, **entry.fields)
    no_list = _no_list(entry, model)
    try:
        run_test(model, DEFAULT_PROMPT)
    except BackendError as error:
        failed = FailedTrial(f"{type(error).__name__}: {error}", advice(model, error))
    else:
        return None
    if no_list:
        raise CannotAdd("\n".join(_said_once(f"{entry.origin}: {failed.advice}", no_list, failed.cause)))
    return failed


def _said_once(*lines: str) -> Iterator[str]:
    """Yield the lines but those whose cause, which stands after the first colon, an earlier one has told."""
    for number, line in enumerate(lines):
        if not any(line.partition(": ")[2] in earlier for earlier in lines[:number]):
            yield line


def _no_list(entry: Entry, model: LanguageModel) -> str:
    """Return why the server's list of models is not known, "" where it is. Some servers have none, and answer.

    Raises CannotAdd where the list lacks the model: some servers answer with another model then.
    """
    from arena.backends.openai_http import NoList  # with httpx, which other commands are not to wait for

    try:
        backend(entry.fields["backend"]).warm_up(entry.fields["options"])
    except NoList as error:
        return str(error)
    except BackendError as error:
        told = _said_once(f"{entry.origin}: {advice(model, error)}", f"{type(error).__name__}: {error}")
        raise CannotAdd("\n".join(told)) from error
    return ""


def _is_same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def put_in_place(content: bytes, target: Path) -> None:
    """Write a catalogue file whole or not at all: a start may read the folder meanwhile."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")
    partial.write_bytes(content)
    os.replace(partial, target)
