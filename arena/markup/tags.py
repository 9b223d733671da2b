"""The few tags that models write within a line: `<br>`, `<sub>`, `<sup>`, `<kbd>` and `<u>`. No other is read."""

import re

from markdown_it import MarkdownIt

from arena.markup.inline import InlineState, for_our_state

#: A longer text between two tags is none: searching on from each of many tags would take quadratic time.
_MAX_CHARACTERS = 500
_CLOSING = {name: re.compile(f"</{name}>", re.IGNORECASE) for name in ("sub", "sup", "kbd", "u")}
_TAG = re.compile(r"<(?:br[ \t]*/?|(sub|sup|kbd|u))>", re.IGNORECASE)


def add_tags(markdown: MarkdownIt) -> None:
    """Let `markdown` read these tags."""
    markdown.inline.ruler.before("autolink", "tags", for_our_state(_tag))


def _tag(state: InlineState, silent: bool) -> bool:
    if state.src[state.pos] != "<" or not (found := _TAG.match(state.src, state.pos, state.posMax)):
        return False
    if not found[1]:
        if not silent:
            state.push("hardbreak", "br", 0)
        state.pos = found.end()
        return True
    return _pair(state, silent, found[1].lower(), found.end())


def _pair(state: InlineState, silent: bool, name: str, start: int) -> bool:
    closing = _CLOSING[name].search(state.src, start, min(state.posMax, start + _MAX_CHARACTERS))
    if not closing and (not state.grows or state.posMax - start > _MAX_CHARACTERS):
        return False
    end, after = closing.span() if closing else (state.posMax, state.posMax)
    if not silent:
        _push(state, name, start, end)
    state.pos = after
    return True


def _push(state: InlineState, name: str, start: int, end: int) -> None:
    whole = state.posMax
    state.push(f"{name}_open", name, 1)
    state.pos, state.posMax = start, end
    state.md.inline.tokenize(state)
    state.push(f"{name}_close", name, -1)
    state.posMax = whole
