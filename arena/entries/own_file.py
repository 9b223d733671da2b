"""Entries that were made on a page: each has a catalogue file of its own among the operator's, and so stays."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction

from arena.entries.add import CannotAdd, put_in_place
from arena.entries.catalog import Entry, catalog_files, entry_of, read_catalog
from arena.entries.catalog.keys import ENTRY_KEYS
from arena.entries.load_catalog import load_catalog
from arena.entries.states import mend_entries
from arena.models import LanguageModel

#: The first line of such a file: what a person has written is never written over.
MARK = "# Made on the page /manage/entries/, which writes this file anew with each change.\n"


def is_made_on_a_page(slug: str, own: Path) -> bool:
    """Tell whether the entry's file is one that a page may write anew."""
    file = own / f"{slug}.toml"
    return file.exists() and file.read_text(encoding="utf-8").startswith(MARK)


def columns_of(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of the entry that a catalogue table describes, checked. Raises CatalogError."""
    entry = _entry(table)
    return {"slug": entry.slug, **entry.fields}


def table_of(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return the catalogue table of an entry with these columns, without what holds by default."""
    given = {name: columns[name] for name in ENTRY_KEYS if name in columns}
    return {name: value for name, value in given.items() if value != ENTRY_KEYS[name].default and value is not None}


def save_entry(table: Mapping[str, Any], own: Path) -> LanguageModel:
    """Store an entry behind a model server, and its file in the operator's folder `own`; return it.

    A broken one has its state from before again: call it for what has just answered. Raises CatalogError, and
    CannotAdd for a slug that is taken, or whose file a person wrote.
    """
    entry = _entry(table)
    _refuse_a_taken_slug(entry.slug, own)
    text = f"{MARK}\n[[entry]]\n{toml_lines(table)}"
    assert tomllib.loads(text) == {"entry": [dict(table)]}, "what is written must be read as the same"
    with transaction.atomic():
        load_catalog([entry])
        stored = LanguageModel.objects.filter(slug=entry.slug)
        mend_entries(stored)
        put_in_place(text.encode(), own / f"{entry.slug}.toml")
    return stored.get()


def _entry(table: Mapping[str, Any]) -> Entry:
    entry = entry_of("this entry", dict(table))
    if entry.fields["backend"] != "openai":
        raise CannotAdd("only entries behind a model server are made on a page; the others need a catalogue file")
    return entry


def _refuse_a_taken_slug(slug: str, own: Path) -> None:
    if is_made_on_a_page(slug, own):
        return
    others = read_catalog(catalog_files(own)).entries
    is_described = any(entry.slug == slug for entry in others) or (own / f"{slug}.toml").exists()
    if is_described or LanguageModel.objects.filter(slug=slug).exists():
        raise CannotAdd(f"the slug {slug!r} is taken; choose another one")


def toml_lines(table: Mapping[str, Any]) -> str:
    """Return the table as TOML, a key a line."""
    return "".join(f"{_key(name)} = {_value(value)}\n" for name, value in table.items())


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(name)} = {_value(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _key(name: str) -> str:
    return name if name.isascii() and name.replace("_", "").isalnum() else _text(name)


def _text(value: str) -> str:
    # JSON's escapes are TOML's too; the one character that only TOML refuses is 0x7f.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
