"""How the marks within a line are read: emphasis beside letters that know no spaces, and marks that are still open.

CommonMark asks for a space or a sign of punctuation around emphasis, which Chinese, Japanese and Korean do not write:
there `**서울(Seoul)**은` would stay asterisks.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline, RuleFuncInlineType
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, emphasis, link
from markdown_it.rules_inline.state_inline import Delimiter, Scanned
from markdown_it.token import Token

#: Set in `env` while the last line of a text is parsed that may still go on: its marks count as closed at its end.
GROWS = "grows"
#: Behind so many marks in one line, stars are words: no reader needs more.
_MAX_TOKENS = 4000
_BACKTICKS = re.compile("`+")
#: Longer code within a line is none: a backtick may stand alone.
_MAX_OPEN_CODE = 300


class InlineState(StateInline):
    """The state of one line or paragraph. grows: it may go on, so what is open at its end is shown as if closed."""

    def __init__(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> None:
        super().__init__(src, md, env, tokens)
        self.grows = bool(env.get(GROWS))
        self._last: dict[str, int] = {}

    def last(self, text: str) -> int:
        """Return where this text stands for the last time, or -1: searching on from each sign would take long."""
        if text not in self._last:
            self._last[text] = self.src.rfind(text)
        return self._last[text]

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        """Return whether the marks from `start` on may open or close emphasis, and how many they are."""
        end, marker = start, self.src[start]
        while end < self.posMax and self.src[end] == marker:
            end += 1
        before = self.src[start - 1] if start > 0 else " "
        after = self.src[end] if end < self.posMax else " "
        left, right = _opens(before, after), _opens(after, before)
        if canSplitWord:
            # `**Step 1:**do` is meant as bold: two marks behind a sign may close what is open.
            may_close = right or (end - start == 2 and not _is_space(before))
            return Scanned(left, may_close, end - start)
        return Scanned(left and (not right or _is_sign(before)), right and (not left or _is_sign(after)), end - start)


class Inline(ParserInline):
    """The parser of lines, with our state."""

    def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
        if not self.terminator_re.search(src):
            tokens.append(Token("text", "", 0, content=src))
            return tokens
        state = InlineState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def for_our_state(rule: Callable[[InlineState, bool], bool]) -> RuleFuncInlineType:
    """Return the rule as the library wants it: `Inline` gives it no other state."""
    return cast("RuleFuncInlineType", rule)


def add_inline(markdown: MarkdownIt) -> None:
    """Let `markdown` read lines by these rules. To be called before other rules of lines are added."""
    markdown.inline = Inline()
    markdown.inline.ruler.at("link", for_our_state(_link))
    markdown.inline.ruler.at("emphasis", for_our_state(_emphasis))
    markdown.inline.ruler.before("backticks", "open_code", for_our_state(_open_code))
    markdown.inline.ruler2.after("balance_pairs", "close_at_end", _close_at_end)
    markdown.core.ruler.at("inline", _parse_lines)


def _parse_lines(state: StateCore) -> None:
    lines = [token for token in state.tokens if token.type == "inline"]
    grows = state.env.pop(GROWS, False)
    for line in lines:
        if grows and line is lines[-1]:
            state.env[GROWS] = True
        line.children = state.md.inline.parse(line.content, state.md, state.env, [])
    state.env.pop(GROWS, None)


def _emphasis(state: InlineState, silent: bool) -> bool:
    return len(state.tokens) < _MAX_TOKENS and emphasis.tokenize(state, silent)


def _link(state: InlineState, silent: bool) -> bool:
    """Look for a link only where one can be: to search on from each of many brackets would take long."""
    if state.src[state.pos] != "[" or state.last("]") < state.pos:
        return False
    if min(state.last("]("), state.last(")")) < state.pos and not state.env.get("references"):
        return False
    return link(state, silent)


def _open_code(state: InlineState, silent: bool) -> bool:
    """Show what follows a backtick as code while the line may go on and close it."""
    run = _BACKTICKS.match(state.src, state.pos) if state.grows else None
    if not run or not 0 < state.posMax - run.end() < _MAX_OPEN_CODE or state.posMax < len(state.src):
        return False
    rest = state.src[run.end() :]
    if "\n" in rest or any(len(other) == len(run[0]) for other in _BACKTICKS.findall(rest)):
        return False
    if not silent:
        state.push("code_inline", "code", 0).content = rest
    state.pos = state.posMax
    return True


def _close_at_end(state: StateInline) -> None:
    """Close the marks that are still open where the line may go on, the last one first."""
    if not isinstance(state, InlineState) or not state.grows:
        return
    marks, inside = state.delimiters, -1
    closing, still_open = {mark.end for mark in marks}, []
    for index, mark in enumerate(marks):
        inside = max(inside, mark.end)
        if mark.open and mark.end < 0 and index >= inside and index not in closing:
            still_open.append(index)
    for index in reversed(still_open):
        marks[index].end = len(marks)
        _push_closing(state, marks[index])


def _push_closing(state: StateInline, opening: Delimiter) -> None:
    state.push("text", "", 0).content = chr(opening.marker)
    token = len(state.tokens) - 1
    state.delimiters.append(Delimiter(opening.marker, opening.length, token, -1, open=False, close=True))


def _opens(before: str, after: str) -> bool:
    """Tell whether marks between these two lean on what follows: East Asian letters ask for no space."""
    if _is_space(after):
        return False
    return not _is_sign(after) or _is_space(before) or _is_sign(before) or is_east_asian(before)


def _is_space(character: str) -> bool:
    return character.isspace()


@lru_cache(maxsize=4096)
def _is_sign(character: str) -> bool:
    """Tell whether this is punctuation or a symbol that does not belong to East Asian writing."""
    return unicodedata.category(character)[0] in "PS" and not is_east_asian(character)


@lru_cache(maxsize=4096)
def is_east_asian(character: str) -> bool:
    """Tell whether this belongs to Chinese, Japanese or Korean writing, its punctuation too. Emoji do not."""
    if character < "\u1100" or "\U0001f000" <= character <= "\U0001ffff":
        return False
    return unicodedata.east_asian_width(character) in "WFH"
