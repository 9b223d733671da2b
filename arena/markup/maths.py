r"""Mathematics kept as its TeX, which is readable by itself; a script of the page may show it as a formula.

Written as `$x$` or `\(x\)` within a line, as `$$x$$` or `\[x\]` on lines of its own. Money and the names of
shells stay words: no space stands inside of single dollars, and no letter or digit of ASCII outside.
"""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

_CLOSING: Mapping[str, str] = {"$$": "$$", "\\(": "\\)", "\\[": "\\]"}
#: A longer text is not a formula within a line: searching on from each of many signs would take quadratic time.
_MAX_CHARACTERS, _MAX_IN_DOLLARS = 4000, 500
_WORD = re.compile(r"[A-Za-z0-9$]")
_INTERRUPTS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}


def add_mathematics(markdown: MarkdownIt, *, is_growing: bool = False) -> None:
    """Let `markdown` read formulas. is_growing: the text may go on and close a formula that is open at its end."""

    def block(state: StateBlock, line: int, end: int, silent: bool) -> bool:
        return _block(state, line, end, silent, is_growing=is_growing)

    markdown.block.ruler.before("fence", "maths", block, _INTERRUPTS)
    markdown.inline.ruler.before("escape", "maths", _inline)
    markdown.add_render_rule("maths", _render)
    markdown.add_render_rule("maths_block", _render)


def _block(state: StateBlock, line: int, end: int, silent: bool, *, is_growing: bool) -> bool:
    start = state.bMarks[line] + state.tShift[line]
    closing = _CLOSING.get(state.src[start : start + 2])
    if closing is None or closing == "\\)" or state.is_code_block(line):
        return False
    last = _last_line(state, line, end, closing, is_growing=is_growing)
    if last is None:
        return False
    lines = state.getLines(line, last + 1, state.blkIndent, False).strip()
    content = lines[2:].removesuffix(closing)
    if len(lines) > 2 and not content.strip():
        return False
    if not silent:
        token = state.push("maths_block", "code", 0)
        token.block, token.content, token.map = True, content, [line, last + 1]
        token.meta = {"is_open": content == lines[2:]}
        state.line = last + 1
    return True


def _last_line(state: StateBlock, line: int, end: int, closing: str, *, is_growing: bool) -> int | None:
    """Return the line in which the formula closes, or None if it is no formula.

    It must close at the end of a line, before any empty one.
    """
    start = state.bMarks[line] + state.tShift[line]
    opening = state.src[start : start + 2]
    for at in range(line, end):
        text = state.src[state.bMarks[at] + state.tShift[at] : state.eMarks[at]].rstrip()
        if at == line:
            text = text[2:]
        elif not text or state.sCount[at] < state.blkIndent:
            return None
        if closing in text:
            return at if text.index(closing) == len(text) - 2 else None
        # No formula stands in another, and searching on from each of many openings would take quadratic time.
        if opening in text:
            return None
    # bMarks has one entry more than there are lines.
    return end - 1 if is_growing and end == len(state.bMarks) - 1 else None


def _inline(state: StateInline, silent: bool) -> bool:
    source, start = state.src, state.pos
    opening = source[start : start + 2]
    closing = _CLOSING.get(opening)
    if closing is None:
        return source[start] == "$" and _single(state, silent)
    end = source.find(closing, start + 2, start + _MAX_CHARACTERS)
    if end < 0 or not source[start + 2 : end].strip():
        return False
    return _push(state, silent, start + 2, end, len(closing), is_block=closing != "\\)")


def _single(state: StateInline, silent: bool) -> bool:
    source, start = state.src, state.pos
    last = start + _MAX_IN_DOLLARS
    end = source.find("$", start + 1, last)
    while end > 0 and source[end - 1] == "\\":
        end = source.find("$", end + 1, last)
    content = source[start + 1 : end]
    # Text in a code span is never mathematics, and neither is text that is partly in one.
    if end < 0 or not content or "`" in content or content[0].isspace() or content[-1].isspace():
        return False
    if _WORD.match(source[start - 1 : start]) or _WORD.match(source, end + 1):
        return False
    return _push(state, silent, start + 1, end, 1, is_block=False)


def _push(state: StateInline, silent: bool, start: int, end: int, width: int, *, is_block: bool) -> bool:
    if not silent:
        token = state.push("maths", "code", 0)
        token.content, token.meta = state.src[start:end], {"is_block": is_block}
    state.pos = end + width
    return True


def _render(_: object, tokens: Sequence[Token], index: int, *__: Any) -> str:
    token = tokens[index]
    kind = "block" if token.block or token.meta.get("is_block") else "inline"
    code = f'<code class="maths" data-maths="{kind}" dir="ltr">{escape(token.content.strip())}</code>'
    return f"<p>{code}</p>\n" if token.block else code
