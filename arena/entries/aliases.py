"""The names that others use for an entry: those that an operator gives, and near misses that may be one."""

import difflib
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
    """Return by each name the slugs of entries whose names are nearly the same, the nearest first."""
    slugs = dict(LanguageModel.objects.competing().values_list("pk", "slug"))
    known = {bare(name): slugs[pk] for name, pk in LanguageModel.objects.by_any_name().pks.items()}
    return {name: _near(bare(name), known) for name in names}


def bare(name: str) -> str:
    """Return the name without what spellings differ in: the maker before a slash, signs, and "chat" or "instruct"."""
    last = folded(name).rpartition("/")[2]
    words = "".join(sign if sign.isalnum() else " " for sign in last).split()
    return " ".join(word for word in words if word not in ("chat", "instruct", "hf", "it"))


def _near(name: str, known: Mapping[str, str]) -> list[str]:
    close = difflib.get_close_matches(name, known, n=_SHOWN, cutoff=_ALIKE)
    return list(dict.fromkeys(known[each] for each in close))
