"""The catalog: who competes, and where their weights come from, as TOML files.

A file holds [weights.<id>], [adapter.<id>] and [[entry]] tables. The shipped ones lie in this folder. To read them
no database is needed; `arena.entries.load_catalog` brings them into it.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arena.backends.base import Unavailable
from arena.backends.transformers_local.weights import Weights
from arena.entries.catalog.keys import ADAPTER_KEYS, ENTRY_KEYS, WEIGHTS_KEYS, CatalogError, checked

SHIPPED = Path(__file__).parent


@dataclass(frozen=True)
class Entry:
    """One competitor. fields: values of LanguageModel's columns of the same names. origin: for messages.

    aliases: names by which files of others call it.
    """

    slug: str
    fields: dict[str, Any]
    origin: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Catalog:
    """All that the files describe. weights: by id, adapters too, as they share one folder."""

    weights: dict[str, Weights]
    entries: tuple[Entry, ...]


def catalog_files(own: Path) -> list[Path]:
    """Return the shipped files, then those in the operator's own folder, which need not exist."""
    return sorted(SHIPPED.glob("*.toml")) + sorted(own.glob("*.toml"))


def read_catalog(files: Iterable[Path]) -> Catalog:
    """Return all that the files say, checked. Raises CatalogError, which names file, table and key."""
    weights: dict[str, Weights] = {}
    entries: list[Entry] = []
    for file in files:
        tables = _tables(file)
        for kind in ("weights", "adapter"):
            for weights_id, table in tables.get(kind, {}).items():
                if weights_id in weights:
                    raise CatalogError(f"{file.name}: {weights_id!r} is described twice")
                weights[weights_id] = _weights(file, kind, weights_id, table)
        entries += [entry_of(f"{file.name}: entry {i}", t) for i, t in enumerate(tables.get("entry", []), start=1)]
    _refuse_two_of_one_slug(entries)
    _refuse_adapters_of_another_base(entries, weights)
    return Catalog(weights, tuple(entries))


def _tables(file: Path) -> dict[str, Any]:
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CatalogError(f"{file.name}: cannot be read: {error}") from error
    shapes = {"weights": dict, "adapter": dict, "entry": list}
    for key, value in tables.items():
        if not isinstance(value, shapes.get(key, ())):
            known = "[weights.<id>], [adapter.<id>], [[entry]]"
            raise CatalogError(f"{file.name}: unknown table {key!r}; known: {known}")
    return tables


def _weights(file: Path, kind: str, weights_id: str, table: Any) -> Weights:
    origin = f"{file.name}: {kind} {weights_id!r}"
    keys = WEIGHTS_KEYS if kind == "weights" else ADAPTER_KEYS
    values = checked({"id": weights_id, **_as_table(origin, table)}, keys, origin)
    _refuse_other_than_one_source(values, origin)
    if values["path"]:
        values["path"] = str((file.parent / Path(values["path"]).expanduser()).resolve())
    return Weights(**values)


def _refuse_other_than_one_source(values: dict[str, Any], origin: str) -> None:
    sources = [key for key in ("module", "path", "hub") if values.get(key)]
    if len(sources) != 1:
        given = " and ".join(sources) or "none"
        raise CatalogError(f"{origin}: give one of 'module' (a Python package), 'path' and 'hub', not {given}")
    if sources == ["module"]:
        for key in ("requirement", "file", "sha256"):
            if not values[key]:
                raise CatalogError(f"{origin}: {key!r} is missing")
    elif values.get("requirement") or values.get("sha256") or (values.get("file") and sources != ["hub"]):
        raise CatalogError(f"{origin}: 'requirement' and 'sha256' go with 'module', 'file' with 'module' or 'hub'")


def entry_of(origin: str, table: Any) -> Entry:
    """Return the entry that a table describes, checked. origin: for messages. Raises CatalogError."""
    values = checked(_as_table(origin, table), ENTRY_KEYS, origin)
    if values["max_new_tokens"] >= values["context_tokens"]:
        raise CatalogError(f"{origin}: max_new_tokens leaves no room for a prompt in context_tokens")
    for name in ("weights", "prompt_template"):
        if (values["backend"] == "transformers") != bool(values[name]):
            raise CatalogError(f"{origin}: {name} must be given for the backend 'transformers', and for no other")
    if values["adapter"] and values["backend"] != "transformers":
        raise CatalogError(f"{origin}: an adapter needs the backend 'transformers'")
    if values["backend"] == "openai":
        _refuse_unusable_options(values, origin)
    # One that states only one of the two means the same by it.
    values["price"], values["price_out"] = (
        values["price"] or values["price_out"],
        values["price_out"] or values["price"],
    )
    slug, aliases = values.pop("slug"), tuple(values.pop("aliases"))
    return Entry(slug, values, origin, aliases)


def _refuse_unusable_options(values: dict[str, Any], origin: str) -> None:
    from arena.backends.openai_http.endpoint import Endpoint  # with httpx, for those who ask a server

    try:
        thinking_tokens = Endpoint.read(values["options"], None).asked.thinking_tokens
    except Unavailable as error:
        raise CatalogError(f"{origin}: {error}") from error
    if values["max_new_tokens"] + thinking_tokens >= values["context_tokens"]:
        raise CatalogError(
            f"{origin}: max_new_tokens and max_thinking_tokens leave no room for a prompt in context_tokens"
        )


def _refuse_adapters_of_another_base(entries: Iterable[Entry], weights: dict[str, Weights]) -> None:
    for entry in entries:
        adapter = weights.get(entry.fields["adapter"])
        if adapter is not None and adapter.base != entry.fields["weights"]:
            raise CatalogError(
                f"{entry.origin}: the adapter {adapter.id!r} is for {adapter.base or 'nothing: it is no adapter'}, "
                f"and the entry's weights are {entry.fields['weights']!r}"
            )


def _as_table(origin: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise CatalogError(f"{origin}: must be a table")
    return value


def _refuse_two_of_one_slug(entries: Iterable[Entry]) -> None:
    for slug, times in Counter(entry.slug for entry in entries).items():
        if times > 1:
            origins = ", ".join(entry.origin for entry in entries if entry.slug == slug)
            raise CatalogError(f"{origins}: slug {slug!r} is taken twice")


__all__ = ["SHIPPED", "Catalog", "CatalogError", "Entry", "catalog_files", "entry_of", "read_catalog"]
