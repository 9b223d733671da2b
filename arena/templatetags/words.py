"""How texts of visitors and models are shortened: `{% load words %}`."""

import re

from django import template

register = template.Library()

#: A prompt with more characters or lines is folded: both answers are to be in view below it.
LONG_CHARACTERS, LONG_LINES = 500, 8
_FENCE = re.compile(r"^\s*(```|~~~).*$", re.MULTILINE)


@register.filter
def cut_at_word(text: str, length: int) -> str:
    """Return the text in one line of at most so many characters, cut between two words; whole if it is short.

    Fences of code are left out. Where there is no space to cut at, as in Chinese, it is cut anywhere.
    """
    line = " ".join(_FENCE.sub(" ", text).split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    whole = line[:length].rsplit(" ", 1)[0]
    return (whole if length // 2 < len(whole) < length else cut).rstrip(" ,;:.-–") + "…"


@register.filter
def is_long(text: str) -> bool:
    """Tell whether the prompt is folded."""
    return len(text) > LONG_CHARACTERS or text.count("\n") >= LONG_LINES
