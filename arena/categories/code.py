"""The rule for coding: the shape of code, or words worth two points together."""

import re

from arena.categories.prompt import Prompt, words_of

ENOUGH = 2
#: Words that mean a program wherever they stand.
_CLEAR = words_of("code", "clear")
#: Languages and tools whose names mean other things too: worth one point together.
_NAMES = words_of("code", "names")
#: Technical words that are rare elsewhere: worth one point each.
_TECHNICAL = words_of("code", "technical")
#: Everyday words that programs have too, such as "function": worth one point together.
_EVERYDAY = words_of("code", "everyday")
#: Pairs in which such a word means something else.
_NOT_MEANT = re.compile(
    r"\b(?:dress|area|postal|zip|building|error) code\b|\bcode of conduct|\btable of contents|"
    r"\bjson (?:array|string|dictionary)"
)
_PHRASES = re.compile(
    r"\b(?:"
    r"react (?:component|native|hook|app|router)|(?:my|in) react\b|(?:time|space|linear) complexity|binary tree|"
    r"(?:write|implement|define|create) an? (?:\w{1,20} ){0,2}(?:function|algorithm|program (?:to|that|which))\b|"
    r"race condition|commit message|"
    r"(?:last|undo|revert|amend) commit|name (?:this|a|my|the) variable|binary search|linked list|unit tests?\b|"
    r"source code|command line|for loop|while loop|"
    r"list comprehension|null pointer|pass by (?:value|reference)|sorting algorithm|"
    r"(?:using|with|in) python\b|in (?:rust|go|swift|ruby|java|c|r) (?:how|when|without|that)|object.oriented|"
    r"design pattern|center a div|borrow checker|"
    r"(?:sudo|pip|npm|apt|brew|curl|tar|grep) (?:install|run|-)|"
    r"자바로|시간 ?복잡도|이진 ?탐색|정규 ?표현식|커넥션 ?풀|c ?언어|소스 ?코드)"
)
#: Without one of these words there is no such phrase; looking them up is quicker.
_PHRASE_SIGNS = words_of("code", "phrase_signs")
_ERRORS = re.compile(r"[a-z](?:Error|Exception)\b")
_PUNCTUATION = re.compile(r"[(){};=<>:\[\]`/]")
_SHAPES = re.compile(
    "|".join(
        (
            # errors
            r"Traceback \(most|error\[E\d+\]",
            # definitions and imports
            r"\bdef \w{1,60}\(|\bfunction ?\w{0,60} ?\([^)\n]{0,80}\) ?\{",
            r"#include ?<|^import \w|^from \w{1,60} import ",
            # calls, blocks, assignments
            r"=> ?[{\w(]|\);|\{$|^ {0,40}\}|\bfor \(|\bif \(.{1,60}\) ?\{|\w\.\w{1,30}\(\)|\w\[\w{1,20}\] ?=[^=]",
            # queries, markup, inline code
            r"\bSELECT\b.{1,200}\bFROM\b|</?(?:div|p|span|html|body|a|ul|script)\b|`[^`\n]{1,80}`",
        )
    ),
    re.MULTILINE,
)


def is_code(prompt: Prompt) -> bool:
    """Return whether code is shown, asked for or asked about."""
    if prompt.has_fence or _ERRORS.search(prompt.text):
        return True
    return bool(_PUNCTUATION.search(prompt.text) and _SHAPES.search(prompt.text)) or _points(prompt) >= ENOUGH


def _points(prompt: Prompt) -> int:
    terms = prompt.terms
    points = len(terms & _TECHNICAL) + (not terms.isdisjoint(_NAMES)) + (not terms.isdisjoint(_EVERYDAY))
    if 0 < points <= ENOUGH and _NOT_MEANT.search(prompt.lowered):
        points -= 1
    if not terms.isdisjoint(_CLEAR) or (not terms.isdisjoint(_PHRASE_SIGNS) and _PHRASES.search(prompt.lowered)):
        points += ENOUGH
    return points
