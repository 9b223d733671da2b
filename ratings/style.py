"""The style of an answer in numbers: its length and its Markdown, and how two answers differ in them.

A battle's features are `normalised_differences(style_counts(answers_of_a), style_counts(answers_of_b))`, for
`Comparisons(..., features=...)` and then `style_control.fit`. Every count takes time linear in the text.
"""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from ratings.arrays import FloatArray
from ratings.errors import BadRow, LengthMismatch

Feature = Callable[[str], float]

IDEOGRAMS = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"  # and kana, hangul: without spaces between
WORDS, SPACES = re.compile(rf"[^\W{IDEOGRAMS}]+"), re.compile(rf"[^\S{IDEOGRAMS}]+")
FENCE = re.compile(r"[ \t]*(`{3,}+(?!.*`)|~{3,}+)")  # with a backtick behind, it is code within a line
HEADER = re.compile(r" {0,3}#{1,6}(?:[ \t]|$)")
LIST_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+\S")
RULE = re.compile(r"[ \t]*([-*])[ \t]*+(?:\1[ \t]*+){2,}$")
BACKTICKS = re.compile("`+")
# Possessive: nothing is read twice. A run ends at the next pair anyway, so no match is lost. Only classes are so, not
# groups: Python before 3.11.5 loses matches of those (python/cpython issue 106052).
BOLD = re.compile(
    r"\*\*(?=\S)(?!\*\*)[^*]*+(?:\*(?!\*)[^*]*+)*(?<=\S)\*\*"
    r"|(?<!\w)__(?=\S)(?!__)[^_]*+(?:_(?!_)[^_]*+)*(?<=\S)__(?!\w)"
)


class BadStyleCount(BadRow):
    """A number of tokens or marks that is negative or not finite."""

    says = "is not a finite count of at least 0"


def length(text: str) -> float:
    """Return the number of tokens: a word or number is one, and so is every ideogram and every other mark."""
    kinds = _kinds(text)
    words = kinds.count(b" w") + kinds.count(b".w") + kinds.startswith(b"w")
    return float(words + kinds.count(b"."))


def headers(text: str) -> float:
    """Return the number of lines that begin with one to six # and a space."""
    return float(sum(bool(HEADER.match(line)) for line in _split(text)[0]))


def lists(text: str) -> float:
    """Return the number of list items, ordered or not, at any depth."""
    return float(sum(bool(LIST_ITEM.match(line)) and not RULE.match(line) for line in _split(text)[0]))


def bold(text: str) -> float:
    """Return the number of passages between ** and **, or __ and __, within a line and outside its code."""
    marked = (line for line in _split(text)[0] if "**" in line or "__" in line)
    return float(sum(1 for line in marked for _ in BOLD.finditer(_without_code(line))))


def code_blocks(text: str) -> float:
    """Return the number of fenced blocks of code, closed or not."""
    return float(_split(text)[1])


STYLE_FEATURES: Mapping[str, Feature] = MappingProxyType(
    {"length": length, "headers": headers, "lists": lists, "bold": bold, "code_blocks": code_blocks}
)


def style_counts(texts: Iterable[str], features: Mapping[str, Feature] = STYLE_FEATURES) -> FloatArray:
    """Return what each feature counts in each text, (texts, k), in the order of the features.

    features: any functions of a text by name, so {**STYLE_FEATURES, "length": lambda text: len(encode(text))} counts
    the tokens of a tokenizer.
    """
    rows = [[feature(text) for feature in features.values()] for text in texts]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(features))


def normalised_differences(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return (a - b) / (a + b), (votes, k) in [-1, 1], 0 where both are 0.

    They are the features of Chatbot Arena's style control. a, b: (votes, k) counts of each side's answer. Raises
    LengthMismatch, BadStyleCount. Source: Li, Angelopoulos and Chiang (2024), "Does style matter?".
    """
    if a.shape != b.shape:
        raise LengthMismatch(min(len(a), len(b)), [a.shape, b.shape])
    for counts in (a, b):
        _refuse_bad(counts)
    difference = np.zeros(a.shape)
    np.divide(a - b, a + b, out=difference, where=a + b > 0)
    return difference


def _refuse_bad(counts: FloatArray) -> None:
    bad = ~(np.isfinite(counts) & (counts >= 0))
    if bad.any():
        place = np.unravel_index(int(np.argmax(bad)), bad.shape)
        raise BadStyleCount(int(place[0]), counts[place].item())


def _kinds(text: str) -> bytes:
    """Return a byte for each character: "w" for a part of a word, "." for a token by itself, a space for no token."""
    if text.isascii():
        return text.encode("ascii").translate(_KINDS_OF_ASCII)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return _kinds_of_all()[codes].tobytes()


@cache
def _kinds_of_all() -> npt.NDArray[np.uint8]:
    """Return the kind of every character there is, by its number. It takes a moment, and a megabyte."""
    return np.frombuffer(_kinds_by_pattern("".join(map(chr, range(sys.maxunicode + 1)))), np.uint8)


def _kinds_by_pattern(text: str) -> bytearray:
    kinds = bytearray(b"." * len(text))
    for runs, kind in ((WORDS, b"w"), (SPACES, b" ")):
        for run in runs.finditer(text):
            kinds[run.start() : run.end()] = kind * len(run[0])
    return kinds


_KINDS_OF_ASCII = bytes(_kinds_by_pattern("".join(map(chr, range(128)))).ljust(256))


@lru_cache(2)  # each feature asks for the same text in turn
def _split(text: str) -> tuple[tuple[str, ...], int]:
    """Return the lines outside fenced code, and the number of fenced blocks; the last may lack its end."""
    prose: list[str] = []
    blocks, fence = 0, ""
    for line in text.splitlines():
        if fence:
            fence = "" if _closes(line.strip(" \t"), fence) else fence
        elif opening := FENCE.match(line):
            fence, blocks = opening[1], blocks + 1
        else:
            prose.append(line)
    return tuple(prose), blocks


def _closes(line: str, fence: str) -> bool:
    return line.startswith(fence) and not line.strip(fence[0])


def _without_code(line: str) -> str:
    """Return the line with a dot for each passage between backticks, which ends at the next run of as many."""
    runs, ends = list(BACKTICKS.finditer(line)), dict[int, int]()
    partner = [-1] * len(runs)
    for index, run in reversed(list(enumerate(runs))):
        partner[index] = ends.get(len(run[0]), -1)
        ends[len(run[0])] = index
    pieces, read, index = [], 0, 0
    while index < len(runs):
        if partner[index] >= 0:
            pieces.append(line[read : runs[index].start()])
            index = partner[index]
            read = runs[index].end()
        index += 1
    return ".".join([*pieces, line[read:]])
