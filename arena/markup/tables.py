"""Tables, with columns that keep their alignment and bars in formulas and code that part no cells."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

_DELIMITERS = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
#: What a bar may stand in without parting cells: code, formulas, and a backslash before it.
_WHOLE = re.compile(
    r"""\\\|
    |(?<!`)(`+)(?!`)[^\n]{1,200}?(?<!`)\1(?!`)
    |\\\([^\n]{1,200}?\\\)
    |(?<![A-Za-z0-9$\\])\$(?![\s$])[^$`\n]{1,200}(?<![\s\\])\$(?![A-Za-z0-9$])
    |\|""",
    re.VERBOSE,
)
#: A cell without any of these signs is text as it stands.
_SIGNS = re.compile(r"[\\`*_~$<&\[\]!:@]|www\.", re.IGNORECASE)
_FIRST_SIGNS = frozenset("|-:")
#: Rows are filled up with empty cells; so many at most, since a short text could become a large page.
_MAX_EMPTY_CELLS = 5000


def add_tables(markdown: MarkdownIt) -> None:
    """Let `markdown` write tables that `table_block` has read."""
    markdown.add_render_rule("table_open", _open)
    markdown.add_render_rule("table_part", _render)
    markdown.add_render_rule("table_close", lambda *_: "</table></div>\n")


def cells(line: str, columns: int = 0) -> list[str]:
    """Return the cells of a row.

    columns: how many the table has. A row that has as many only if formulas and code may be parted is parted so.
    """
    whole = _split(line, is_whole=True)
    if columns and len(whole) != columns and len(parted := _split(line, is_whole=False)) == columns:
        return parted
    return whole


def _split(line: str, *, is_whole: bool) -> list[str]:
    line = line.strip().removeprefix("|")
    if "\\" not in line and not (is_whole and ("`" in line or "$" in line)):
        found = line.split("|")
    else:
        found = _carefully_split(line, is_whole=is_whole)
    if len(found) > 1 and not found[-1].strip():
        found.pop()
    return [cell.strip() for cell in found]


def _carefully_split(line: str, *, is_whole: bool) -> list[str]:
    found, start = [], 0
    for part in _WHOLE.finditer(line) if is_whole else re.finditer(r"\\\||\|", line):
        if part[0] == "|":
            found.append(line[start : part.start()])
            start = part.end()
    found.append(line[start:])
    return [cell.replace("\\|", "|") for cell in found]


@dataclass
class _Parts:
    """Writes rows into tokens: as HTML what is plain text, and as lines to be parsed what is not."""

    state: StateBlock
    html: list[str] = field(default_factory=list)

    def row(self, line: int, found: list[str], tag: str) -> None:
        self.html.append("<tr>\n")
        for cell in found:
            self.html.append(f"<{tag}>")
            self._cell(line, cell)
            self.html.append(f"</{tag}>\n")
        self.html.append("</tr>\n")

    def _cell(self, line: int, cell: str) -> None:
        if not _SIGNS.search(cell):
            self.html.append(escape(cell, quote=False))
            return
        self.flush()
        token = self.state.push("inline", "", 0)
        token.map, token.content, token.children = [line, line + 1], cell, []

    def flush(self) -> None:
        if self.html:
            self.state.push("table_part", "", 0).content = "".join(self.html)
            self.html.clear()


def table_block(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """Read a table from this line on, as a rule of markdown-it."""
    head = _head(state, line, end)
    if head is None or silent:
        return head is not None
    alignments, titles = head
    opening = state.push("table_open", "table", 1)
    opening.attrs["class"] = " ".join(["table", *alignments])
    parts = _Parts(state, ["<thead>\n"])
    parts.row(line, titles, "th")
    parts.html.append("</thead>\n")
    state.line = _body(state, parts, line + 2, end, columns=len(titles))
    parts.flush()
    state.push("table_close", "table", -1)
    opening.map = [line, state.line]
    return True


def _head(state: StateBlock, line: int, end: int) -> tuple[list[str], list[str]] | None:
    """Return the classes of aligned columns and the titles of all, or None if no table begins here."""
    if line + 2 > end or not _begins_delimiters(state, line + 1) or state.sCount[line + 1] < state.blkIndent:
        return None
    if state.is_code_block(line) or state.is_code_block(line + 1):
        return None
    delimiters, first = _text(state, line + 1), _text(state, line)
    if "|" not in first or not _DELIMITERS.fullmatch(delimiters) or delimiters.startswith("- "):
        return None
    columns = _split(delimiters, is_whole=False)
    titles = cells(first, len(columns))
    return (_alignments(columns), titles) if len(titles) == len(columns) else None


def _begins_delimiters(state: StateBlock, line: int) -> bool:
    """Tell by its first sign whether this line can be the second of a table."""
    start = state.bMarks[line] + state.tShift[line]
    return state.src[start : start + 1] in _FIRST_SIGNS


def _alignments(columns: list[str]) -> list[str]:
    kinds = ["" if not c.endswith(":") else "centre" if c.startswith(":") else "end" for c in columns]
    return [f"{kind}-{number}" for number, kind in enumerate(kinds, start=1) if kind]


def _body(state: StateBlock, parts: _Parts, line: int, end: int, *, columns: int) -> int:
    """Write the rows and return the line behind the last one."""
    first, empty = line, 0
    while line < end and (text := _row(state, line, end)):
        found = cells(text, columns)[:columns]
        empty += columns - len(found)
        if empty > _MAX_EMPTY_CELLS:
            break
        if line == first:
            parts.html.append("<tbody>\n")
        parts.row(line, found + [""] * (columns - len(found)), "td")
        line += 1
    if line > first:
        parts.html.append("</tbody>\n")
    return line


def _row(state: StateBlock, line: int, end: int) -> str:
    """Return the text of a row; empty if the table ends before this line."""
    text = _text(state, line)
    if not text or state.sCount[line] < state.blkIndent or state.is_code_block(line):
        return ""
    # No other block begins with a bar.
    if not text.startswith("|"):
        rules = state.md.block.ruler.getRules("blockquote")
        if any(rule(state, line, end, True) for rule in rules):
            return ""
    return text


def _text(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()


def _render(_: object, tokens: Sequence[Token], index: int, *__: Any) -> str:
    return tokens[index].content


def _open(_: object, tokens: Sequence[Token], index: int, *__: Any) -> str:
    return f'<div class="{tokens[index].attrGet("class")}" dir="auto"><table>\n'
