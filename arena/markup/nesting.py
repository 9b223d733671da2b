"""Lists that are nested by two spaces under numbers, as models write them; Markdown itself asks for three or more."""

import re
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

_HINT = re.compile(r"^ {2,8}[-*+] ", re.MULTILINE)
_NUMBER = re.compile(r"( {0,3})\d{1,9}[.)] +(?=\S)")
_BULLET = re.compile(r" +[-*+] ")
_FENCE = re.compile(r"[ >]*(`{3,}|~{3,})")


def add_nesting(markdown: MarkdownIt) -> None:
    """Let `markdown` read such lists as nested."""
    markdown.core.ruler.before("block", "nesting", _nest)


def _nest(state: StateCore) -> None:
    if _HINT.search(state.src) and _NUMBER.search(state.src):
        lines = _Lines()
        state.src = "\n".join(lines.moved(line) for line in state.src.split("\n"))


@dataclass
class _Lines:
    """Moves the lines of such lists in, from line to line, and leaves code alone.

    start, content: where the number of the item and its text stand. indent: of the lines that move; by: how far.
    """

    start: int = 0
    content: int = 0
    indent: int = 0
    by: int = 0
    fence: str = ""

    def moved(self, line: str) -> str:
        indent = len(line) - len(line.lstrip(" "))
        if not line.strip():
            return line
        if self.by and (self.fence or indent >= self.indent):
            self._look_for_fence(line)
            return " " * self.by + line
        self.by = 0
        if not self.fence:
            self._look_for_item(line, indent)
        self._look_for_fence(line)
        return " " * self.by + line

    def _look_for_item(self, line: str, indent: int) -> None:
        if number := _NUMBER.match(line):
            self.start, self.content = len(number[1]), number.end()
        elif self.content and self.start + 2 <= indent < self.content and _BULLET.match(line):
            self.indent, self.by = indent, self.content - indent
        elif indent < self.content:
            self.content = 0

    def _look_for_fence(self, line: str) -> None:
        fence = _FENCE.match(line)
        if fence and not self.fence:
            self.fence = fence[1]
        elif fence and line.strip(" >") == fence[1] and fence[1].startswith(self.fence):
            self.fence = ""
