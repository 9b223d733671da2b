"""The phrases of `phrases.toml` as patterns over text in which names are signs."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from arena.votes.self_identification.names import ANY, Kind, signs
from arena.votes.self_identification.text import one_form

#: What a phrase leaves open, within a sentence.
_OPEN = "(?:[^.!?。！？\n]{0,40}?)"
_SCRIPTS = {
    "latin": "[a-zß-ɏ]",
    "cyrillic": "[а-яё]",
    "hangul": "[가-힣]",
    "han": "[\u4e00-\u9fff]",
    "kana": "[\u3040-\u30ff]",
}
_NAME_SIGNS = {"name": signs(holding=Kind.MODEL), "maker": signs(holding=Kind.MAKER), "any": ANY}
_SLOT = re.compile(r"\{(\w+)\}")
_NOTHING = r"(?!)"


@dataclass(frozen=True)
class Language:
    """What `phrases.toml` says of one language."""

    script: re.Pattern[str]
    says: tuple[re.Pattern[str], ...]
    asks: re.Pattern[str]
    asks_name: re.Pattern[str]
    asked: re.Pattern[str]
    greeted: re.Pattern[str]
    opens: re.Pattern[str]
    bare: re.Pattern[str]
    yes: re.Pattern[str]
    not_before: re.Pattern[str]
    not_after: re.Pattern[str]
    denied: re.Pattern[str]
    clause_end: re.Pattern[str]
    translate: re.Pattern[str]
    fiction: re.Pattern[str]
    ai: re.Pattern[str]


@cache
def languages() -> Mapping[str, Language]:
    """Return the languages by their codes."""
    given = tomllib.loads((Path(__file__).parent / "phrases.toml").read_text(encoding="utf-8"))
    return {code: _Reader(words).language() for code, words in given.items()}


class _Reader:
    def __init__(self, words: Mapping[str, Any]) -> None:
        self._words = words
        self._is_spaced = words["script"] in ("latin", "cyrillic")

    def language(self) -> Language:
        yes, leads, greets, no = (_form(self._words[key]) for key in ("yes", "leads", "greets", "no"))
        return Language(
            script=re.compile(_SCRIPTS[self._words["script"]]),
            says=tuple(self._phrase(phrase) for phrase in self._words["says"]),
            asks=self._any_of("asks"),
            asks_name=self._any_of("asks_name"),
            asked=self._any_of("asked"),
            greeted=self._any_of("greeted"),
            opens=self._any_of("opens"),
            bare=self._compiled(rf"^\W*(?:(?:{greets}|{no})[,!. ]+)?(?:(?:{leads}) ?){{0,2}}[{ANY}]{self._after_bare}"),
            yes=self._compiled(rf"^\W*(?:{yes}){self._word_end}"),
            not_before=self._list("not"),
            not_after=self._list("not_after", is_word=False),
            denied=self._any_of("denied"),
            clause_end=re.compile(rf"[,;:、]|{self._edge}(?:{self._words['turns']}){self._word_end}"),
            translate=re.compile(_form(self._words["translate"])),
            fiction=re.compile(_form(self._words["fiction"])),
            ai=self._list("ai", is_word=False),
        )

    @property
    def _edge(self) -> str:
        return r"(?<!\w)" if self._is_spaced else ""

    @property
    def _word_end(self) -> str:
        return r"(?!\w)" if self._is_spaced else ""

    @property
    def _after(self) -> str:
        """What may follow a name that ends a phrase: nothing of a word, or a word of the list."""
        words = _form(self._words["after"])
        if self._is_spaced:
            return rf"(?=\W*$|[^\w\s'-]| ?[-—–] |\s+(?:{words})(?!\w))"
        return rf"(?=\W?(?:{words}))"

    @property
    def _after_bare(self) -> str:
        return r"(?=\W*$|[.,!?。;:\n])" if self._is_spaced else rf"(?=\W*$|[.,!?。;:\n]|{_form(self._words['after'])})"

    def _phrase(self, phrase: str) -> re.Pattern[str]:
        after = self._after if phrase.endswith("{name}") else self._word_end if phrase[-1].isalpha() else ""
        return self._compiled(self._start(phrase) + _form(phrase) + after)

    def _start(self, phrase: str) -> str:
        """A phrase begins with a word, unless it says where it begins."""
        return "" if phrase.startswith(("^", "(^", "(?<", "\\W")) else self._edge

    def _any_of(self, key: str) -> re.Pattern[str]:
        phrases = self._words.get(key, [])
        end = r"(?![\w'-])" if self._is_spaced else ""
        closed = (self._start(phrase) + _form(phrase) + (end if phrase.endswith("}") else "") for phrase in phrases)
        return self._compiled("|".join(f"(?:{phrase})" for phrase in closed) or _NOTHING)

    def _list(self, key: str, *, is_word: bool = True) -> re.Pattern[str]:
        words = _form(self._words.get(key, _NOTHING))
        return re.compile("|".join(map(self._word, words.split("|"))) if is_word and self._is_spaced else words)

    def _word(self, word: str) -> str:
        """A word of the list by itself; "n't" ends one and "n'" begins one."""
        start, end = ("" if word == "n't" else self._edge), ("" if word.endswith("'") else self._word_end)
        return f"{start}{word}{end}"

    def _compiled(self, phrase: str) -> re.Pattern[str]:
        return re.compile(_SLOT.sub(self._slot, phrase))

    def _slot(self, match: re.Match[str]) -> str:
        key = match[1]
        if key in _NAME_SIGNS:
            return f"[{_NAME_SIGNS[key]}]"
        if key.isdigit():
            return match[0]
        end = self._word_end if key in ("ai", "made") else ""
        return f"(?:{_form(self._words[key])}){end}"


def _form(phrase: str) -> str:
    """Return a phrase in the form of folded text, its open places bounded."""
    return _OPEN.join(map(one_form, phrase.split("…")))
