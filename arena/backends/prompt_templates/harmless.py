"""Marks that a visitor types, such as "</s>" or "[INST]", without their power to speak in another role.

A word joiner is put into their middle: it has no width, so whoever reads the model's quote of them sees what was
typed. Taking them out would leave "what does </s> mean?" without its subject, and may join the halves of another mark.
Tokenising messages apart from the template would change the tokens of every honest message too: words are cut
differently at the seams, and models were not trained on that.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from arena.backends.base import Message

JOINER = "\u2060"


def any_of(marks: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that matches these marks, the longest first."""
    longest_first = sorted(filter(None, marks), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")


def harmless(messages: Iterable[Message], marks: re.Pattern[str]) -> tuple[Message, ...]:
    """Return the messages without a single mark; those that had none are as they were."""
    return tuple(replace(message, content=_harmless(message.content, marks)) for message in messages)


def _harmless(text: str, marks: re.Pattern[str]) -> str:
    before = None
    while text != before:  # splitting one mark may leave another that overlapped it
        before, text = text, marks.sub(_split, text)
    return text


def _split(match: re.Match[str]) -> str:
    mark = match[0]
    if len(mark) == 1 or JOINER in mark:
        return ""
    middle = len(mark) // 2
    return mark[:middle] + JOINER + mark[middle:]
