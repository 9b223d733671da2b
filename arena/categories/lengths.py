"""The rules for length: how much was asked, by estimates that need no tokenizer."""

import re

from arena.categories.prompt import Prompt

LONG = 500
SHORT = 5
#: Four words with more characters than this are not a short question.
_SHORT_CHARACTERS = 80
_EAST_ASIAN = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3131-\u318e\u3400-\u9fff가-힣]")
_ALPHANUMERIC = re.compile(r"\w")


def length_keys(prompt: Prompt) -> frozenset[str]:
    """Return those of "long", "short" and "multi_turn" that hold for all messages together."""
    lengths = {"long": is_long(prompt.text), "short": is_short(prompt.text), "multi_turn": prompt.messages > 1}
    return frozenset(key for key, holds in lengths.items() if holds)


def is_long(text: str) -> bool:
    """Return whether the text has about 500 tokens or more.

    A token is four characters, or one that is Korean, Chinese or Japanese.
    """
    if len(text) < LONG:
        return False
    east_asian = len(_EAST_ASIAN.findall(text))
    return east_asian + (len(text) - east_asian) / 4 >= LONG


def is_short(text: str) -> bool:
    """Return whether the text has fewer than five words."""
    return len(text) <= _SHORT_CHARACTERS and words(text) < SHORT


def words(text: str) -> float:
    """Return how many words there are: runs between spaces, and half of the Korean, Chinese or Japanese characters."""
    if text.isascii():
        return sum(map(_has_word, text.split()))
    rest, east_asian = _EAST_ASIAN.subn(" ", text)
    return east_asian / 2 + sum(map(_has_word, rest.split()))


def _has_word(run: str) -> bool:
    return run.isalnum() or _ALPHANUMERIC.search(run) is not None
