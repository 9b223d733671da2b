r"""Mathematics kept as its TeX, which is readable by itself; a script of the page may show it as a formula.

Written as `$x$` or `\(x\)` within a line, as `$$x$$`, `\[x\]` or `\begin{align}` on lines of its own. Money and the
names of shells stay words: no space stands inside of single dollars, no letter or digit of ASCII outside, and no
sentence between them.
"""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from arena.markup.inline import InlineState, for_our_state
from arena.markup.interrupts import Rule

_CLOSING: Mapping[str, str] = {"$$": "$$", "\\(": "\\)", "\\[": "\\]"}
#: Environments that stand by themselves, without a sign that mathematics begins.
_ENVIRONMENTS = r"align|alignat|aligned|array|[bpvBV]?matrix|cases|equation|gather|gathered|multline|split"
#: Two backslashes end a line of TeX, so `\\[2pt]` opens nothing.
_OPENS = re.compile(r"\$\$|(?<!\\)\\\[|\\begin\{((?:" + _ENVIRONMENTS + r")\*?)\}")
_SIGNS = {"$$": re.compile(r"\$\$"), "\\[": re.compile(r"(?<!\\)\\\]")}
#: A longer text is not a formula: searching on from each of many signs would take quadratic time.
_MAX_CHARACTERS, _MAX_IN_DOLLARS, _MAX_LINES = 4000, 500, 80
_WORD = re.compile(r"[A-Za-z0-9$]")
_COMMAND = re.compile(r"\\[A-Za-z]+(?:\{[^{}]*\})?")
_PROSE = re.compile(r"(?<![A-Za-z])[A-Za-z]{3,}(?![A-Za-z])")
_AMOUNT = re.compile(
    r"\d[\d.,]*(?:\s+[A-Za-z]{2}|\s*(?:\.\.\.|…)\s*\d[\d.,]*$|.*[\uac00-\ud7a3\u3040-\u30ff\u4e00-\u9fff])"
)


def add_mathematics(markdown: MarkdownIt) -> None:
    """Let `markdown` read formulas within a line, and write those that `maths_block` has read."""
    markdown.inline.ruler.before("escape", "maths", for_our_state(_inline))
    markdown.add_render_rule("maths", _render)
    markdown.add_render_rule("maths_block", _render)


def maths_block(*, is_growing: bool) -> Rule:
    """Return a rule of markdown-it that reads formulas on lines of their own.

    is_growing: the text may go on and close a formula that is open at its end.
    """

    def rule(state: StateBlock, line: int, end: int, silent: bool) -> bool:
        return _block(state, line, end, silent, is_growing=is_growing)

    return rule


def _block(state: StateBlock, line: int, end: int, silent: bool, *, is_growing: bool) -> bool:
    start = state.bMarks[line] + state.tShift[line]
    if state.src[start : start + 1] not in ("$", "\\") or state.is_code_block(line):
        return False
    opening = _OPENS.match(state.src, start, state.eMarks[line])
    last = opening and _last_line(state, line, end, opening, is_growing=is_growing)
    if not opening or last is None:
        return False
    lines = state.getLines(line, last + 1, state.blkIndent, False).strip()
    content, is_open = _content(lines, opening)
    if len(lines) > 2 and not content.strip():
        return False
    if not silent:
        token = state.push("maths_block", "code", 0)
        token.block, token.content, token.map = True, content, [line, last + 1]
        token.meta = {"is_open": is_open}
        state.line = last + 1
    return True


def _content(lines: str, opening: re.Match[str]) -> tuple[str, bool]:
    """Return the TeX of a formula on its own lines, and whether it is still open. An environment stays in its TeX."""
    if opening[1]:
        return lines, not lines.endswith(f"\\end{{{opening[1]}}}")
    content = lines[2:].removesuffix(_CLOSING[opening[0]])
    return content, content == lines[2:]


def _last_line(state: StateBlock, line: int, end: int, opening: re.Match[str], *, is_growing: bool) -> int | None:
    r"""Return the line in which the formula closes, or None if it is no formula.

    It must close at the end of a line, and between dollars before any empty one.
    """
    start = state.bMarks[line] + state.tShift[line]
    sign = opening[0]
    closes = re.compile(re.escape(f"\\end{{{opening[1]}}}")) if opening[1] else _SIGNS[sign]
    limit = min(end, line + _MAX_LINES)
    for at in range(line, limit):
        text = state.src[state.bMarks[at] + state.tShift[at] : state.eMarks[at]].rstrip()
        if at == line:
            text = text[opening.end() - start :]
        elif (not text and sign == "$$") or (text and state.sCount[at] < state.blkIndent):
            return None
        if found := closes.search(text):
            is_empty = found.end() == 2 and at == line + 1 and opening.end() == state.eMarks[line]
            return at if found.end() == len(text) and not is_empty else None
        # No formula stands in another, and searching on from each of many openings would take quadratic time.
        if sign in text and _OPENS.search(text):
            return None
    # bMarks has one entry more than there are lines.
    return limit - 1 if is_growing and limit == end == len(state.bMarks) - 1 else None


def _inline(state: InlineState, silent: bool) -> bool:
    source, start = state.src, state.pos
    opening = source[start : start + 2]
    closing = _CLOSING.get(opening)
    if closing is None:
        return source[start] == "$" and _single(state, silent)
    end = -1
    if state.last(closing) >= start + 2:
        end = source.find(closing, start + 2, start + _MAX_CHARACTERS)
    if end < 0:
        return _open(state, silent, start + 2)
    if not source[start + 2 : end].strip():
        return opening == "$$" and _words(state, silent, opening)
    return _push(state, silent, start + 2, end, width=2, kind="inline" if closing == "\\)" else "block")


def _single(state: InlineState, silent: bool) -> bool:
    source, start = state.src, state.pos
    if _WORD.match(source[start - 1 : start]):
        return False
    end = _closing_dollar(source, start)
    content = source[start + 1 : end]
    if end < 0:
        return _open(state, silent, start + 1)
    # Text in a code span is never mathematics, and neither is text that is partly in one.
    if not content or "`" in content or content[0].isspace() or content[-1].isspace():
        return False
    if _WORD.match(source, end + 1) or _is_prose(content):
        return False
    return _push(state, silent, start + 1, end, width=1, kind="inline")


def _closing_dollar(source: str, start: int) -> int:
    last = start + _MAX_IN_DOLLARS
    end = source.find("$", start + 1, last)
    while end > 0 and source[end - 1] == "\\":
        end = source.find("$", end + 1, last)
    return end


def _is_prose(content: str) -> bool:
    """Tell whether words stand between two dollars, as in "a $20 bill and a 5$ one"."""
    if _AMOUNT.match(content):
        return True
    return len(_PROSE.findall(_COMMAND.sub(" ", content))) > 1


def _words(state: InlineState, silent: bool, text: str) -> bool:
    if not silent:
        state.append_pending(text)
    state.pos += len(text)
    return True


def _open(state: InlineState, silent: bool, start: int) -> bool:
    """Show what may become a formula as one, while the line may go on; a price is none."""
    if not state.grows or state.posMax - start > _MAX_IN_DOLLARS:
        return False
    content = state.src[start : state.posMax]
    is_single = state.src[start - 1] == "$" and state.src[start - 2 : start] != "$$"
    if not content.strip() or "`" in content:
        return False
    if is_single and (content[0].isspace() or content[0].isdigit() or "\n" in content or _is_prose(content)):
        return False
    return _push(state, silent, start, state.posMax, width=0, kind="open")


def _push(state: InlineState, silent: bool, start: int, end: int, *, width: int, kind: str) -> bool:
    if not silent:
        token = state.push("maths", "code", 0)
        token.content, token.meta = state.src[start:end], {"kind": kind}
    state.pos = end + width
    return True


def _render(_: object, tokens: Sequence[Token], index: int, *__: Any) -> str:
    token = tokens[index]
    kind = token.meta.get("kind") or ("open" if token.meta.get("is_open") else "block")
    code = f'<code class="maths" data-maths="{kind}" dir="ltr">{escape(token.content.strip())}</code>'
    return f"<p>{code}</p>\n" if token.block else code
