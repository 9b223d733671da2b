"""The HTML of a text that grows, and what a page that has a part of it needs for the next.

Only what is new is parsed: blocks that nothing can change any more are rendered once; of the last one, which is still
open, rows, items and lines are kept as they are as soon as nothing in them can change. Where that cannot be told, a
long block is looked at again only when it has grown by a third; in between its words are shown as they are.
"""

from collections import ChainMap
from dataclasses import dataclass
from html import escape
from typing import Any

from markdown_it.token import Token

from arena.markup.inline import GROWS
from arena.markup.parser import cleaned, parser
from arena.markup.settled import Settled, settled
from arena.markup.unfinished import presentable

#: From so many characters on, what cannot change is told apart, and a block is not parsed at each step.
_SETTLE_FROM, _WAIT_FROM = 600, 2000
_COST_OF_A_LINE = 10

_answers = parser(breaks=True, lower_headings_by=2)
_open = parser(breaks=True, lower_headings_by=2, is_growing=True)
# It only tells where blocks begin, so their words are not parsed.
_blocks = parser(breaks=True, lower_headings_by=2, is_growing=True).disable(["inline", "links", "boxes"])


@dataclass(frozen=True)
class Difference:
    """What a page needs to go on. It joins `html` to the HTML of the open part that it has, less the end of it.

    drop: how long that end is. done: how much of the open part, from its start, is finished from now on.
    is_whole: the page begins anew with this HTML. All lengths are in UTF-16 units, as scripts count.
    """

    html: str
    drop: int = 0
    done: int = 0
    is_whole: bool = False


class GrowingText:
    """The HTML of a text so far. However it comes in pieces, at its end the HTML is that of the whole text.

    There is one exception: a link whose address is defined in a later block stays words until the whole is rendered.
    """

    def __init__(self) -> None:
        self._source = ""
        self._definitions: dict[str, Any] = {}
        self._settled: Settled | None = None
        self._done = self._shown = ""
        self._next_look = len(self._source) + self._unsettled() // 3 if self._is_costly() else 0

    def add(self, words: str) -> Difference:
        """Append words, without controls, and return what a page needs that has all before them."""
        before = self._shown
        self._source += words
        if len(self._source) < self._next_look:
            self._shown += escape(words, quote=False)
            return _difference(before, self._shown)
        is_long = self._unsettled() > _SETTLE_FROM
        finished = self._look_at_blocks(is_long=is_long) if is_long or "\n" in words else ""
        self._shown = self._open_html()
        self._next_look = len(self._source) + self._unsettled() // 3 if self._is_costly() else 0
        self._done += finished
        return _difference(before, finished + self._shown, finished)

    def whole(self) -> Difference:
        """Return what a page needs that has nothing yet."""
        return Difference(self._done + self._shown, done=_units(self._done), is_whole=True)

    def end(self, html: str) -> Difference:
        """Return what a page needs to have this HTML, that of the whole text; nothing more is added to it."""
        if not html.startswith(self._done):
            return Difference(html, done=_units(html), is_whole=True)
        rest = html[len(self._done) :]
        return _difference(self._shown, rest, rest)

    def _unsettled(self) -> int:
        return len(self._source) - (self._settled.characters if self._settled else 0)

    def _is_costly(self) -> bool:
        """Tell whether to parse the open part at each step would take too long. Each line has a cost of its own."""
        behind = self._settled.characters if self._settled else 0
        return self._unsettled() + _COST_OF_A_LINE * self._source.count("\n", behind) > _WAIT_FROM

    def _rest(self) -> tuple[str, int]:
        """Return what is to be parsed, and how much longer it is than the source that it stands for."""
        if self._settled is None:
            return self._source, 0
        rest = self._settled.stub + self._source[self._settled.characters :]
        return rest, len(rest) - len(self._source)

    def _look_at_blocks(self, *, is_long: bool) -> str:
        """Return the HTML of the blocks that nothing can join any more; they leave the source.

        is_long: if there are none, what is settled of the open one is told apart.
        """
        rest, longer = self._rest()
        lines = rest.split("\n")
        whole = lines[:-1] if len(lines) > 1 else lines
        tokens = _blocks.parse("\n".join(whole), self._environment())
        if length := _finished_length(whole, tokens):
            source, self._source = self._source[: length - longer], self._source[length - longer :]
            self._settled = None
            return cleaned(_answers.render(source, self._definitions))
        if is_long:
            self._settled = settled(self._source, tokens, self._settled, self._shown)
        return ""

    def _environment(self) -> dict[str, Any]:
        # What an unfinished line defines is not kept: its address may go on.
        return {"references": ChainMap({}, self._definitions.get("references", {}))}

    def _open_html(self) -> str:
        """Return the HTML of the open part, open at its end: a page closes what is open."""
        text = presentable(self._rest()[0])
        html = cleaned(_open.render(text, self._environment() | {GROWS: not text.endswith("\n\n")}))
        if self._settled is None:
            return _left_open(html)
        joined = self._settled.joined(html)
        if joined is None:
            self._settled = None
            return self._open_html()
        return _left_open(joined)


def _left_open(html: str) -> str:
    """Return the HTML without the tags that close it: a page closes what is open."""
    end = len(html)
    while html.endswith((">", ">\n"), 0, end) and html.startswith("</", start := html.rfind("<", 0, end)):
        end = start
    return html[:end].rstrip("\n") if end < len(html) else html


def _finished_length(lines: list[str], tokens: list[Token]) -> int:
    """Return how many characters of these lines are whole blocks, such as paragraphs, that nothing can join.

    The last of them may always go on.
    """
    blocks = [token for token in tokens if token.level == 0 and token.map and token.nesting >= 0]
    # A formula that never closes is words, and those may belong to the block before.
    if blocks and blocks[-1].type == "maths_block" and blocks[-1].meta["is_open"]:
        blocks.pop()
    start = blocks[-1].map[0] if len(blocks) > 1 and blocks[-1].map else 0
    return sum(len(line) + 1 for line in lines[:start])


def _difference(before: str, after: str, finished: str = "") -> Difference:
    kept = _common(before, after)
    return Difference(after[kept:], drop=_units(before[kept:]), done=_units(finished))


def _common(one: str, other: str) -> int:
    """Return how many characters two texts have in common from their start."""
    if other.startswith(one):
        return len(one)
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle - 1)
    return low


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
