"""Markdown within a fence: there a fence with a language opens a block of its own, and its end is not that of all."""

import re

from markdown_it.rules_block import StateBlock

from arena.markup.interrupts import Rule

_OPENING = re.compile(r"(`{3,}|~{3,})[ \t]*(?:markdown|md|mdx)\b[^`\n]*", re.IGNORECASE)
_FENCE = re.compile(r"(`{3,}|~{3,})[ \t]*([^`\n]*)")


def nested_fence(*, is_growing: bool) -> Rule:
    """Return a rule of markdown-it that reads such blocks.

    is_growing: the text may go on, so one that is open at its end goes on too.
    """

    def rule(state: StateBlock, line: int, end: int, silent: bool) -> bool:
        return _fence(state, line, end, silent, is_growing=is_growing)

    return rule


def _fence(state: StateBlock, line: int, end: int, silent: bool, *, is_growing: bool) -> bool:
    opening = _OPENING.fullmatch(_text(state, line))
    if not opening or state.is_code_block(line):
        return False
    last = _closing_line(state, line, end, opening[1])
    if last is None and not is_growing:
        return False
    if not silent:
        state.line = end if last is None else last + 1
        token = state.push("fence", "code", 0)
        token.info, token.markup = opening[0][len(opening[1]) :], opening[1]
        token.content = state.getLines(line + 1, end if last is None else last, state.sCount[line], True)
        token.map = [line, state.line]
        token.meta = {"is_open": last is None}
    return True


def _closing_line(state: StateBlock, line: int, end: int, opening: str) -> int | None:
    """Return the line that closes this fence, or None if no line does: then each fence counts as it always does."""
    depth = 1
    for at in range(line + 1, end):
        text = _text(state, at)
        if text and state.sCount[at] < state.blkIndent:
            return None
        fence = _FENCE.fullmatch(text) if text[:3] in ("```", "~~~") else None
        if fence is None or fence[1][0] != opening[0] or len(fence[1]) < len(opening):
            continue
        depth += 1 if fence[2] else -1
        if depth == 0:
            return at
    return None


def _text(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()
