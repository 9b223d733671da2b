"""What a model thinks, parted from what it says, where both come in one text.

Reasoning models write their thoughts first, between marks such as <think> and </think>, or on a channel of their own.
A server that knows the model parts them; one that does not, and local weights, give the text with its marks.
"""

import re
from collections.abc import AsyncGenerator, Hashable
from contextlib import aclosing
from dataclasses import replace

from arena.backends.base import Completion, GenerationFailed, Piece

#: What opens thoughts, and what ends them. Qwen, DeepSeek and others; Magistral; Kimi; Seed; Command A; Gemma 4.
_PAIRS = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    "<thought>": "</thought>",
    "<thoughts>": "</thoughts>",
    "<reasoning>": "</reasoning>",
    "<seed:think>": "</seed:think>",
    "[THINK]": "[/THINK]",
    "◁think▷": "◁/think▷",
    "<|begin_of_thought|>": "<|end_of_thought|>",
    "<|START_THINKING|>": "<|END_THINKING|>",
    "<|channel>thought": "<channel|>",
}
_OPENERS = {start.lower() for start in _PAIRS}
_CLOSERS = frozenset(end.lower() for end in _PAIRS.values())
#: gpt-oss writes each message as <|start|>assistant<|channel|>analysis<|message|>...<|end|>; what is said is "final".
_CHANNEL = r"<\|channel\|>\s*(?P<channel>\w+)[^<]{0,80}(?:<\|constrain\|>[^<]{0,40})?<\|message\|>"
_TURN = r"<\|start\|>\s*assistant|<\|im_start\|>\s*assistant\n?|<\|START_(?:RESPONSE|OF_TURN_TOKEN)\|>"
_MARKS_OF_CHANNELS = {"<|start|>", "<|channel|>", "<|message|>", "<|end|>", "<|channel>", "<|START_RESPONSE|>"}
#: Marks of a turn's end that some servers leave in the text.
_END = r"<\|[A-Za-z0-9_]{2,24}\|>|<｜[^<>｜]{2,40}｜>|<end_of_turn>|<turn\|>|</s>"
_WORDS = "|".join(re.escape(word) for word in (*_PAIRS, *_PAIRS.values()))
_MARK = re.compile(rf"(?P<pair>{_WORDS})|(?P<message>{_CHANNEL})|(?P<turn>{_TURN})|(?P<end>{_END})", re.IGNORECASE)
#: A beginning of a mark may be so long; after that it is text.
_LONGEST = 160
_BEGUN = re.compile(
    r"<\|?|<\|[A-Za-z0-9_]{0,24}\|?|<｜[^<>｜]{0,40}｜?"
    r"|<\|channel\|>[^<\n]{0,100}(?:<\|?\w{0,10}\|?>?[^<\n]{0,40})?(?:<\|?\w{0,8}\|?)?"
    r"|<\|(?:im_)?start\|>\s*[a-z]{0,9}",
    re.IGNORECASE,
)
_FENCE = re.compile(r" {0,3}(?:```|~~~)")


class Splitter:
    """One answer as it comes, in any pieces. assumes_thoughts: it begins with thoughts that no mark opens.

    has_lone_end: the end of thoughts came, and no beginning.
    """

    def __init__(self, *, assumes_thoughts: bool = False) -> None:
        self.has_lone_end = False
        self._unread = self._withheld = ""
        self._assumes = assumes_thoughts
        #: The marks that may end the thoughts, while it thinks.
        self._until: frozenset[str] = frozenset()
        self._has_channels = self._has_thought = False
        self._line, self._is_in_code, self._has_text = "", False, False
        self._space, self._has_struck = "", False
        self._text = self._thoughts = ""
        self._takes_back = False

    def add(self, text: str) -> Piece:
        """Return what is sure by now: what may be the beginning of a mark waits for what follows."""
        self._unread += text
        self._read()
        return self._taken()

    def rest(self) -> Piece:
        """Return what was held back. A mark at the very end is the model's way to end, and no text."""
        self._read()
        rest, self._unread = self._unread, ""
        self._put("" if self._is_end(rest) else rest)
        if self._assumes:
            # No thoughts came: all of it was said.
            self._assumes, said = False, self._withheld
            self._say(said)
        return self._taken()

    def _read(self) -> None:
        while mark := _MARK.search(self._unread):
            before, after = self._unread[: mark.start()], self._unread[mark.end() :]
            if mark["end"] and self._waits_for_more(mark[0], after):
                self._put(before)
                self._unread = mark[0] + after
                return
            self._put(before)
            self._unread = after
            if not self._obeys(mark):
                self._put(mark[0])
        sure = len(self._unread) - _length_of_a_begun_mark(self._unread)
        self._put(self._unread[:sure])
        self._unread = self._unread[sure:]

    def _waits_for_more(self, mark: str, after: str) -> bool:
        """Tell whether the mark may be the end of all, or the beginning of a longer one."""
        return _may_become_a_mark(mark + after) or not (self._has_channels or after.strip())

    def _obeys(self, mark: re.Match[str]) -> bool:
        """Tell whether the mark is one here, and do what it says."""
        word = mark[0].lower()
        if mark["message"]:
            self._has_channels = True
            self._until = frozenset() if mark["channel"].lower() == "final" else frozenset({"<|end|>"})
            self._assumes = False
            return True
        if self._until:
            if word not in self._until:
                return bool(mark["turn"])
            self._until, self._has_thought = frozenset(), True
            return True
        if word in _OPENERS:
            return self._opens()
        if word in _CLOSERS:
            return self._closes_unopened()
        return (bool(mark["turn"]) and (self._has_channels or not self._has_text)) or (
            bool(mark["end"]) and self._has_channels
        )

    def _opens(self) -> bool:
        is_at_start = not self._has_text and not self._is_in_code
        if not is_at_start and (self._is_in_code or self._line.strip()):
            return False
        # Any of them: a template may have opened the thoughts in its own words.
        self._until, self._assumes, self._space = _CLOSERS, False, ""
        self._thoughts, self._withheld = self._thoughts + self._withheld, ""
        return True

    def _closes_unopened(self) -> bool:
        if self._assumes:
            self._thoughts, self._withheld = self._thoughts + self._withheld, ""
            self._assumes, self._has_thought, self.has_lone_end = False, True, True
            return True
        if self._has_thought or self._is_in_code or self._line.endswith("`"):
            return False
        self.has_lone_end = self._has_thought = self._takes_back = True
        self._thoughts, self._text, self._space = self._thoughts + self._text + self._space, "", ""
        self._line, self._has_text = "", False
        return True

    def _put(self, part: str) -> None:
        if not part:
            return
        if self._until:
            self._thoughts += part
            self._has_thought = True
        elif self._assumes:
            self._withheld += part
        else:
            self._say(part)

    def _say(self, part: str) -> None:
        if not self._has_text:
            self._space += part
            if self._space.isspace():
                return
            part, self._space = self._without_blank_lines(self._space), ""
        self._has_text = True
        self._has_struck = self._has_struck or "<s>" in part
        self._text += part
        *lines, last = (self._line + part).split("\n")
        for line in lines:
            self._is_in_code ^= bool(_FENCE.match(line))
        self._line = last

    def _without_blank_lines(self, text: str) -> str:
        """Return the beginning of what is said. Blank lines between thoughts and text belong to neither."""
        blank = len(text) - len(text.lstrip())
        return text[text.rfind("\n", 0, blank) + 1 :] if self._has_thought else text

    def _is_end(self, text: str) -> bool:
        is_html = text.strip() == "</s>" and self._has_struck
        return not is_html and bool(re.fullmatch(rf"(?:{_END})\s*", text))

    def _taken(self) -> Piece:
        piece = Piece(self._text, self._thoughts, takes_back=self._takes_back)
        self._text, self._thoughts, self._takes_back = "", "", False
        return piece


async def parted(pieces: AsyncGenerator[Piece, None], *, who: Hashable) -> AsyncGenerator[Piece, None]:
    """Yield the same answer with the thoughts that stand in its text parted from it.

    who: what writes; where it once ended thoughts that no mark had opened, its beginning is held back from then on.
    Raises GenerationFailed where nothing was said: thoughts, or blanks, are no answer.
    """
    splitter, says = Splitter(assumes_thoughts=who in _begin_with_thoughts), False
    async with aclosing(pieces):
        async for piece in pieces:
            parted = _parted(piece, splitter)
            says = bool(parted.text.strip()) or (says and not parted.takes_back)
            if splitter.has_lone_end:
                _begin_with_thoughts.add(who)
            if parted.end is not None and not says and parted.end.reason != "declined":
                raise GenerationFailed(_nothing_said(parted.end))
            yield parted


_begin_with_thoughts: set[Hashable] = set()


def is_mark(word: str) -> bool:
    """Tell whether this special token of a vocabulary parts thoughts from text, so that it must not be skipped."""
    return word.lower() in _OPENERS or word.lower() in _CLOSERS or word in _MARKS_OF_CHANNELS


def _parted(piece: Piece, splitter: Splitter) -> Piece:
    parted = splitter.add(piece.text)
    if piece.end is not None:
        rest = splitter.rest()
        parted = Piece(parted.text + rest.text, parted.thoughts + rest.thoughts, parted.takes_back or rest.takes_back)
    return replace(parted, thoughts=piece.thoughts + parted.thoughts, end=piece.end)


def _nothing_said(end: Completion) -> str:
    tokens = "an unknown number of" if end.tokens is None else end.tokens
    return f"the model said nothing: {tokens} tokens of thoughts or blanks, ended by {end.reason!r}"


def _length_of_a_begun_mark(text: str) -> int:
    """Return how many of the last characters may be the beginning of a mark."""
    for start in range(max(0, len(text) - _LONGEST), len(text)):
        if text[start] in "<[◁" and _may_become_a_mark(text[start:]):
            return len(text) - start
    return 0


def _may_become_a_mark(text: str) -> bool:
    lower = text.lower()
    if any(word.startswith(lower) for word in (*_OPENERS, *_CLOSERS, "<end_of_turn>", "<turn|>", "</s>")):
        return True
    return bool(_BEGUN.fullmatch(text))
