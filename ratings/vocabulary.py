"""The words of the field for who won, and for the columns of votes: one list for all who read votes.

A word that could mean several things, such as "1" or "neither", is in no list: it is refused, or its reader is told
what it means.
"""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

CHOICES = ("model_a", "model_b", "tie", "both_bad")
VOTES = ("model_a", "model_b", "winner")
#: Between the cells of a line: of two that part it alike the first.
DELIMITERS = ",;\t|"

_WORDS = {
    "model_a": ("model_a", "model-a", "a", "left", "leftvote", "a>b", "a>>b"),
    "model_b": ("model_b", "model-b", "b", "right", "rightvote", "b>a", "b>>a"),
    # FastChat says "tie (inconsistent)" where a judge contradicted itself after the sides were swapped.
    "tie": ("tie", "tie(inconsistent)", "draw", "both", "equal", "-", "0.5", "tievote", "a=b"),
    "both_bad": ("both_bad", "bothbad", "tie(bothbad)", "tie(both_bad)", "bothbad_vote"),
}
CHOICE_OF = {word: choice for choice, words in _WORDS.items() for word in words}
#: Names of columns that others have for ours: evalica's and llmfao's, and those of the Search Arena.
_COLUMN_OF = {
    "left": "model_a",
    "right": "model_b",
    "worker": "judge",
    "messages_a": "conversation_a",
    "messages_b": "conversation_b",
}
_SPACE = re.compile(r"[\s_]+")


def choice(word: object, *, model_a: str, model_b: str, words: Mapping[str, str] | None = None) -> str | None:
    """Return the one of CHOICES that the word means, or None where it means none of them or several.

    The word is one of the field's, in any case and spacing, or the name of the model that won. words: what the file's
    own words mean, exactly as they stand; these decide.
    """
    text = "" if word is None else str(word)
    if words and (decided := words.get(text) or words.get(text.strip())):
        return decided
    known = CHOICE_OF.get(_word(text))
    is_name = folded(text) in (folded(model_a), folded(model_b))
    if not is_name:
        return known
    named = _sides(text, model_a, model_b, spelled) or _sides(text, model_a, model_b, folded)
    meanings = named if known is None else {known, *named}
    return meanings.pop() if len(meanings) == 1 else None


def is_false(value: object) -> bool:
    """Tell whether the value of a column says no: False, 0, or one of the words for it."""
    return str(value).strip().casefold() in ("false", "0", "0.0", "no", "f", "n")


def fields(columns: Iterable[str]) -> dict[str, str]:
    """Return by each field's name the column that has it, in whatever case and spacing it is written.

    A column that is spelled exactly as the field, or comes first, is taken. Others' names count where ours is absent.
    """
    found: dict[str, str] = {}
    for column in columns:
        name = _word(column)
        if name not in found or column == name:
            found[name] = column
    for theirs, ours in _COLUMN_OF.items():
        if theirs in found and ours not in found:
            found[ours] = found.pop(theirs)
    return found


@lru_cache(1 << 12)
def folded(name: str) -> str:
    """Return the name as names are compared: in NFC, without case, and with one space for any white space."""
    return " ".join(unicodedata.normalize("NFC", name.casefold()).split())


def spelled(name: str) -> str:
    """Return the name as boards write it: in NFC and without white space around it."""
    return unicodedata.normalize("NFC", name).strip()


def delimiter(first: str) -> str:
    """Return the mark that parts the first line of a table into most cells; a comma where none parts it."""
    return max(DELIMITERS, key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))


def _sides(text: str, model_a: str, model_b: str, spelling: Callable[[str], str]) -> set[str]:
    """Return the sides whose name is the text."""
    word = spelling(text)
    return {side for side, name in zip(CHOICES[:2], (model_a, model_b), strict=True) if word and word == spelling(name)}


@lru_cache(1 << 12)
def _word(text: str) -> str:
    return _SPACE.sub("_", text.strip().casefold()).replace("_(", "(")
