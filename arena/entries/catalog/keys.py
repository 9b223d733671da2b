"""The keys of the catalog's tables and what each may hold."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Any

from arena.backends import BACKENDS
from arena.backends.prompt_templates import TEMPLATES
from arena.backends.transformers_local.folders import ID

#: Kinds that may be described here; recorded answers come with a prompt set instead.
KINDS = ("model", "fine_tune", "configuration", "moderator")
REQUIRED = object()


class CatalogError(Exception):
    """A catalogue cannot be used. The message names the file, the table and the key."""


@dataclass(frozen=True)
class Key:
    """One key. must: what a value has to be, in words; holds: whether it is."""

    must: str
    holds: Callable[[Any], bool]
    default: Any = REQUIRED


def checked(table: dict[str, Any], keys: dict[str, Key], origin: str) -> dict[str, Any]:
    """Return a value for every key, given or default. Raises CatalogError."""
    for name in table:
        if name not in keys:
            raise CatalogError(f"{origin}: unknown key {name!r}; known: {', '.join(keys)}")
    return {name: _value(table, name, key, origin) for name, key in keys.items()}


def _value(table: dict[str, Any], name: str, key: Key, origin: str) -> Any:
    if name not in table:
        if key.default is REQUIRED:
            raise CatalogError(f"{origin}: {name!r} is missing")
        return {} if key.default == {} else key.default
    if not key.holds(table[name]):
        raise CatalogError(f"{origin}: {name!r} must be {key.must}, not {table[name]!r}")
    return table[name]


def _text(longest: int, default: Any = REQUIRED) -> Key:
    must = f"a text of at most {longest} characters"
    return Key(must, lambda value: isinstance(value, str) and len(value) <= longest, default)


def _name(longest: int) -> Key:
    must = f"a text of 1 to {longest} characters"
    return Key(must, lambda value: isinstance(value, str) and bool(value.strip()) and len(value) <= longest)


def _pattern(must: str, pattern: str, longest: int = 200, default: Any = REQUIRED) -> Key:
    allowed = re.compile(pattern)
    return Key(must, lambda v: isinstance(v, str) and len(v) <= longest and bool(allowed.fullmatch(v)), default)


def _one_of(names: tuple[str, ...], default: Any = REQUIRED) -> Key:
    return Key(f"one of {', '.join(map(repr, names))}", lambda value: value in names, default)


def _number(must: str, holds: Callable[[float], bool], default: float) -> Key:
    return Key(must, lambda value: type(value) in (int, float) and holds(value), default)


def _count(most: int, default: int) -> Key:
    return Key(f"a whole number from 1 to {most}", lambda value: type(value) is int and 1 <= value <= most, default)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= 100 and value.isprintable()


_PRICE = Key("a number above 0", lambda value: type(value) in (int, float) and 0 < value < inf, None)
_PRICE_OR_FREE = Key("a number, 0 or above", lambda value: type(value) in (int, float) and 0 <= value < inf, None)
ENTRY_KEYS = {
    "slug": _pattern("small letters, digits and hyphens", r"[a-z0-9]+(-[a-z0-9]+)*", 100),
    "display_name": _name(100),
    "organisation": _name(100),
    "licence": _name(100),
    "kind": _one_of(KINDS),
    "description": _text(2000, ""),
    "link": _pattern("an http(s) address", r"https?://\S+", 200, ""),
    "backend": _one_of(tuple(BACKENDS)),
    "weights": _pattern("small letters, digits, '.', '_' and '-'", ID.pattern, 100, ""),
    "adapter": _pattern("small letters, digits, '.', '_' and '-'", ID.pattern, 100, ""),
    "parameters": Key("a whole number above 0", lambda value: type(value) is int and value > 0, None),
    "price": _PRICE,
    "price_in": _PRICE_OR_FREE,
    "price_cached": _PRICE_OR_FREE,
    "price_out": _PRICE,
    "prompt_template": _one_of(tuple(TEMPLATES), ""),
    "system_prompt": _text(4000, ""),
    "context_tokens": _count(1_000_000, 2048),
    "temperature": _number("a number from 0 to 2", lambda value: 0 <= value <= 2, 0.7),
    "top_p": _number("a number above 0 and up to 1", lambda value: 0 < value <= 1, 1.0),
    "max_new_tokens": _count(100_000, 256),
    "aliases": Key("a list of names", lambda value: isinstance(value, list) and all(map(_is_name, value)), ()),
    "options": Key("a table", lambda value: isinstance(value, dict), {}),
}
_ID = _pattern("small letters, digits, '.', '_' and '-'", ID.pattern, 100)
_HUB = {
    "path": _text(1000, ""),
    "hub": _pattern("a repository such as 'owner/name'", r"[A-Za-z0-9._-]+/[A-Za-z0-9._-]+", 200, ""),
    "revision": _pattern("a commit, tag or branch", r"[A-Za-z0-9._/-]+", 100, ""),
    "gated": _text(500, ""),
    "upstream": _pattern("an http(s) address", r"https?://\S+"),
    "licence": _name(100),
}
WEIGHTS_KEYS = {
    "id": _ID,
    "requirement": _pattern("a pinned requirement such as 'name==1.2'", r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", default=""),
    "module": _pattern("the name of a Python package", r"[A-Za-z_][A-Za-z0-9_]*", default=""),
    "file": _pattern("a file name that ends in .gguf", r"[^/\\]+\.gguf", default=""),
    "sha256": _pattern("64 hexadecimal digits", r"[0-9a-f]{64}", default=""),
    **_HUB,
}
ADAPTER_KEYS = {"id": _ID, "base": _ID, **_HUB}
