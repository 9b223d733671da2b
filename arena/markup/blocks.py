"""Which part of an answer that is still being written will not change any more, so that a page can show it as HTML."""

import re

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.texmath import texmath_plugin

_blocks = MarkdownIt("commonmark", {"html": False}).enable("table")
_blocks.use(texmath_plugin, delimiters="brackets").use(dollarmath_plugin)
_blocks.disable("inline")
_OPENING, _CLOSING = re.compile(r"\\\["), re.compile(r"\\\]")


def finished_length(text: str) -> int:
    """How many characters from the start are whole blocks, such as paragraphs and lists, that nothing can join.

    Only whole lines are looked at, and their last block may always go on. A formula that is open may hold anything.
    """
    lines = text[: text.rfind("\n") + 1]
    if lines.count("$$") % 2 or len(_OPENING.findall(lines)) > len(_CLOSING.findall(lines)):
        return 0
    starts = [token.map[0] for token in _blocks.parse(lines) if token.level == 0 and token.map and token.nesting >= 0]
    if len(starts) < 2:
        return 0
    return sum(map(len, lines.splitlines(keepends=True)[: starts[-1]]))
