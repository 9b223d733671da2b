"""The names that others use for an entry: those that an operator gives, and near misses that may be one."""

import difflib
import re
from collections.abc import Iterable, Mapping

from arena.models import LanguageModel, ModelAlias
from arena.models.catalog import folded

_ALIKE, _SHOWN = 0.75, 3


class UnknownEntry(ValueError):
    """An alias for a slug that no entry has."""


def store_aliases(aliases: Mapping[str, str]) -> None:
    """Let each name mean the entry with this slug in all imports. aliases: slugs by name. Raises UnknownEntry."""
    entries = dict(LanguageModel.objects.filter(slug__in=aliases.values()).values_list("slug", "pk"))
    for name, slug in aliases.items():
        if slug not in entries:
            raise UnknownEntry(f"no entry has the slug {slug!r}")
        ModelAlias.objects.update_or_create(name=folded(name), defaults={"entry_id": entries[slug]})


def near_misses(names: Iterable[str]) -> dict[str, list[str]]:
    """Return by each name the slugs of the entries whose names are nearly the same, the nearest first.

    names: those that no entry had before an import, whether or not they are entries meanwhile.
    """
    names, entries = list(names), LanguageModel.objects.by_any_name()
    new = {entries.get(name) for name in names}
    slugs = dict(LanguageModel.objects.competing().values_list("pk", "slug"))
    known = {bare(name): slugs[pk] for name, pk in entries.pks.items() if pk not in new}
    return {name: _near(bare(name), known) for name in names}


def bare(name: str) -> str:
    """Return the name without what spellings differ in: the maker before a slash, signs, and "chat" or "instruct"."""
    last = folded(name).rpartition("/")[2]
    words = "".join(sign if sign.isalnum() else " " for sign in last).split()
    return " ".join(word for word in words if word not in ("chat", "instruct", "hf", "it"))


def _near(name: str, known: Mapping[str, str]) -> list[str]:
    # A model of 7 billion parameters is not one of 13, and a third version not a second one.
    numbers = _numbers(name)
    alike = [each for each in known if (other := _numbers(each)) <= numbers or numbers <= other]
    close = difflib.get_close_matches(name, alike, n=_SHOWN, cutoff=_ALIKE)
    return list(dict.fromkeys(known[each] for each in close))


def _numbers(name: str) -> set[str]:
    return set(re.findall(r"\d+", name))
