"""A text that is still being written, as it may be shown now: without signs that mean nothing until more has come.

A line that holds only `##`, `1.` or half of a fence waits, as do stars and backticks at the very end; a row of a table
waits until it is whole, and a link shows its text before its address is. What is open otherwise, the parser closes.
"""

import re

from arena.markup.tables import cells

_FENCE = re.compile(r"^[ >]*(?:(?:[-*+]|\d{1,9}[.)]) +)*(`{3,}|~{3,})[ \t]*([^`\n]*)$", re.MULTILINE)
#: A last line that may yet become a heading, an item, a rule, a row of a table or a fence.
_START = re.compile(
    r"[ \t>]*(?:\#{1,6}|\d{1,9}[.)]?|[-*+_=~`|: ]+|(?:[-*+]|\d{1,9}[.)])[ ]+(?:\[[ xX]?\]?)?|[`~]{3}[^`\n]*)[ \t]*",
    re.VERBOSE,
)
#: A row is shown when it is whole: its columns would grow wider with each word.
_ROW = re.compile(r"[ \t>]*\|")
_MARKS = re.compile(r"(?:[*_~`$]+|<(?:/?[A-Za-z]{0,3}[ \t]*/?)|!\[?|\\[(\[]?)$")
#: A link whose address is not whole, or that has none yet; the text of one is never long.
_LINK = re.compile(
    r"(?<!\\)!?\[([^\[\]\n]{0,300})(?:\](?:\([^\s()]*(?:\([^\s()]*\)?[^\s()]*)*(?:[ ]+\"[^\"\n]*\"?)?)?)?$"
)
_AUTOLINK = re.compile(r"<(https?://[^\s<>]*)$")
_TAIL = 2000


def presentable(text: str) -> str:
    """Return the text as its reader may see it while more is coming."""
    if is_in_code(text):
        start = text.rfind("\n") + 1
        return text[:start] if re.fullmatch(r"[ \t>]*[`~]+", text[start:]) else text
    start = text.rfind("\n") + 1
    if _START.fullmatch(text, start) or _ROW.match(text, start):
        return _with_table(text[:start])
    head, tail = text[:-_TAIL], text[-_TAIL:]
    tail = _AUTOLINK.sub(r"\1", _MARKS.sub("", tail))
    return _with_table(head + (_LINK.sub(r"\1", tail) if _is_out_of_spans(tail) else tail))


def is_in_code(text: str) -> bool:
    """Tell whether the last line of a text stands within a fence."""
    if "```" not in text and "~~~" not in text:
        return False
    fence = ""
    for found in _FENCE.finditer(text, 0, text.rfind("\n") + 1):
        if not fence:
            fence = found[1]
        elif found[1].startswith(fence) and not found[2]:
            fence = ""
    return bool(fence)


def _is_out_of_spans(tail: str) -> bool:
    r"""Tell whether the last line ends neither in code nor in a formula, where brackets are no links."""
    line = tail[tail.rfind("\n") + 1 :]
    return line.count("`") % 2 == 0 and line.count("$") % 2 == 0 and line.rfind("\\(") <= line.rfind("\\)")


def _with_table(text: str) -> str:
    """Add what makes a table of its first row, where that is all that has come of it."""
    lines = text.rstrip("\n").rsplit("\n", 2)
    is_first = len(lines) < 2 or not lines[-2].lstrip().startswith("|")
    if not lines[-1].startswith("|") or not is_first or text.endswith("\n\n"):
        return text
    return text.rstrip("\n") + "\n" + "|-" * len(cells(lines[-1])) + "|"
