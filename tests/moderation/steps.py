"""How many steps a pattern takes: a backtracking matcher for the few forms that rules are made of, which counts.

It tries what Python's `re` tries, in the same order, so the growth of its count is that of the time; the clock of a
busy machine would tell nothing. A form that it does not know is an error: rules must not be made of it.
"""

import re
from collections.abc import Callable, Iterable
from re import _constants as names  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

Then = Callable[[int], bool]


class Steps:
    """The search for a pattern in a text. taken: how many characters were compared."""

    def __init__(self, pattern: re.Pattern[str], text: str) -> None:
        self.text, self.taken = text, 0
        self._nodes = list(parser.parse(pattern.pattern, pattern.flags))
        self.found = any(self._match(self._nodes, start, lambda _: True) for start in range(len(text) + 1))

    def _match(self, nodes: list[Any], at: int, then: Then) -> bool:
        if not nodes:
            return then(at)
        (kind, value), rest = nodes[0], nodes[1:]
        return bool(self._one(kind, value, at, lambda after: self._match(rest, after, then)))

    def _one(self, kind: Any, value: Any, at: int, then: Then) -> bool:
        if kind in (names.LITERAL, names.IN):
            self.taken += 1
            return at < len(self.text) and _is(kind, value, self.text[at]) and then(at + 1)
        if kind is names.BRANCH:
            return any(self._match(list(branch), at, then) for branch in value[1])
        if kind is names.SUBPATTERN:
            return self._match(list(value[-1]), at, then)
        if kind is names.MAX_REPEAT:
            return self._repeat(value, at, then)
        if kind is names.ASSERT_NOT:
            return not self._stands(value, at) and then(at)
        raise AssertionError(f"rules must not hold {kind}")

    def _repeat(self, value: Any, at: int, then: Then) -> bool:
        least, most, inside = value
        ends = [at]

        def grow(end: int) -> bool:
            ends.append(end)
            return True

        while len(ends) <= most and self._match(list(inside), ends[-1], grow):
            pass
        return any(then(end) for end in reversed(ends[least:]))

    def _stands(self, value: Any, at: int) -> bool:
        """Whether what a look around asks for stands there; every one of ours asks for one character."""
        direction, inside = value
        start = at + min(0, direction)
        return start >= 0 and self._match(list(inside), start, lambda _: True)


def _is(kind: Any, value: Any, character: str) -> bool:
    if kind is names.LITERAL:
        return ord(character) == value
    return any(_in(each, character) for each in value)


def _in(each: Iterable[Any], character: str) -> bool:
    kind, value = each
    if kind is names.LITERAL:
        return ord(character) == value
    if kind is names.CATEGORY:
        is_word = character.isalnum() or character == "_"
        return {names.CATEGORY_WORD: is_word, names.CATEGORY_NOT_WORD: not is_word}[value]
    low, high = value
    return bool(low <= ord(character) <= high)
