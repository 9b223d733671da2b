"""Find answers that say who wrote them: then their battle was not blind, and a vote on it says little.

text, names, phrases and who are pure; their words are in names.toml and phrases.toml. Here they meet the entries.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from arena.votes.self_identification.names import EntryNames
from arena.votes.self_identification.who import Said, who_it_says

if TYPE_CHECKING:
    from arena.models import LanguageModel

__all__ = ["EntryNames", "Said", "names_of", "reveals_author", "who_it_says"]


def reveals_author(texts: Iterable[str], entries: "Iterable[LanguageModel]") -> bool:
    """Tell whether one of the texts introduces itself by the name, or the organisation, of one of the entries."""
    names = names_of(entries)
    return any(who_it_says(text, names) is Said.ITSELF for text in texts)


def names_of(entries: "Iterable[LanguageModel]", aliases: Iterable[str] = ()) -> EntryNames:
    """Return the names by which one of the entries may call itself."""
    named = list(entries)
    models = {entry.display_name for entry in named} | set(aliases)
    return EntryNames(frozenset(models), frozenset(entry.organisation for entry in named) - {""})
