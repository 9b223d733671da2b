"""The visitor's messages, read once, and the word lists of words.toml in which the rules look their terms up."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

#: Only the beginning and the end of a long text are read: there people say what they want.
BEGINNING = 3000
END = 1000
_FENCE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
#: Latin letters end where another script begins, as in "SQL에서".
_WORD = re.compile(r"[a-z\u00df-\u024f]+(?:\+\+|#|\.js\b)?|[^\W\d_a-z\u00df-\u024f]+")
_HANGUL = re.compile("[가-힣]")
_HAN_OR_KANA = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
#: Korean particles follow a stem without a space: a word's beginnings of these lengths are terms too.
_STEMS = range(2, 7)
#: Chinese and Japanese have no spaces, so every run of so many characters is a term.
_RUNS = range(2, 5)


@dataclass(frozen=True, slots=True)
class Prompt:
    """The messages of a visitor as the rules read them.

    text: all messages; prose: without fenced code; lowered: the prose in lower case; words: in order; terms: what rules
    look up.
    """

    text: str
    prose: str
    lowered: str
    words: tuple[str, ...]
    terms: frozenset[str]
    messages: int

    @property
    def has_fence(self) -> bool:
        """Whether a visitor marked something as code."""
        return "```" in self.text


def read(turns: Sequence[str]) -> Prompt:
    """Return the messages as one prompt, an erased or empty one left out."""
    written = [ends for turn in turns if (ends := _ends(turn))]
    text = _ends("\n".join(written))
    prose = _FENCE.sub(" ", text) if "```" in text else text
    lowered = prose.lower().replace("’", "'")
    words = tuple(_WORD.findall(lowered))
    return Prompt(text, prose, lowered, words, frozenset(_terms(words)), len(written))


def words_of(rule: str, name: str) -> frozenset[str]:
    """Return one of a rule's word lists, in lower case."""
    return frozenset(_lists()[rule][name].split())


@cache
def _lists() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


def _ends(text: str) -> str:
    return text.strip() if len(text) <= BEGINNING + END else f"{text[:BEGINNING]}\n{text[-END:]}".strip()


def _terms(words: Sequence[str]) -> Iterator[str]:
    for word in set(words):
        yield word
        if word.isascii():
            continue
        if _HANGUL.match(word):
            yield from (word[:length] for length in _STEMS if length < len(word))
        elif _HAN_OR_KANA.match(word):
            yield from (word[at : at + length] for at in range(len(word)) for length in _RUNS)
