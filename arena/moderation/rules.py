"""The rules: a sentence that has a term of each set of a rule, and none that excuses it, is unsafe.

What they look for is data, one file a language in `rules/`, and all files are applied to every text. A term is words as
they are, with a star for further letters: whatever a file says, the patterns made of it take time in proportion to the
text (`tests/moderation/test_rule_patterns.py`).
"""

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from arena.moderation.categories import CATEGORIES
from arena.moderation.verdict import SAFE, Passage, Verdict

SHIPPED = Path(__file__).parent / "rules"
#: How many letters a star stands for.
STAR = 12
#: A longer sentence is judged in parts of this length, each with the end of the one before.
LONGEST_SENTENCE, OVERLAP = 400, 150
_ENDS = re.compile(r"[.!?。\n;]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_SPACES = re.compile(r"[\s\u3000]")


class BadRules(ValueError):
    """A file of rules cannot be used. The message names the file and what is wrong."""


@dataclass(frozen=True)
class Rule:
    """One rule. all: a sentence has a term of each; unless: and of none of these."""

    category: str
    language: str
    all: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]

    def holds(self, sentence: str) -> bool:
        """Tell whether the rule takes this sentence, which is `folded`, for unsafe."""
        return all(terms.search(sentence) for terms in self.all) and not any(
            terms.search(sentence) for terms in self.unless
        )


@dataclass(frozen=True)
class Rules:
    """A moderator that takes no time worth the name, needs no model and says the same of the same text."""

    rules: tuple[Rule, ...]
    version: str
    name: str = "rules"

    def verdict(self, text: str) -> Verdict:
        """Return what the rules say of the text."""
        return self.verdict_on(pairs(list(sentences(text))))

    def verdict_on(self, units: Iterator[str]) -> Verdict:
        """Return what the rules say of these units, the first that one of them holds for."""
        for unit in units:
            found = tuple(dict.fromkeys(rule.category for rule in self.rules if rule.holds(unit)))
            if found:
                return Verdict("unsafe", found)
        return SAFE

    async def judge(self, passage: Passage) -> Verdict:
        return self.verdict(passage.text)


class GrowingVerdict:
    """What the rules say of a text while it grows: each sentence is judged once, when it has ended."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._open = self._before = ""

    def take(self, text: str) -> Verdict:
        """Return what is to be said once this text has been added."""
        self._open += text
        *ended, rest = _cut(self._open)
        if not ended and len(rest) < LONGEST_SENTENCE:
            return SAFE
        done, self._open = (ended, rest) if ended else ([rest], rest[-OVERLAP:])
        units = [self._before, *(folded(sentence) for sentence in done)]
        self._before = units[-1]
        return self._rules.verdict_on(pairs(units))


@cache
def shipped_rules() -> Rules:
    """Return the rules that the project brings, all languages together."""
    return read_rules(SHIPPED)


def read_rules(folder: Path) -> Rules:
    """Return the rules of all files of a folder. Raises BadRules."""
    files = sorted(folder.glob("*.toml"))
    rules = tuple(rule for file in files for rule in _rules_of(file))
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    return Rules(rules, version=digest[:12])


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences as rules look at them, none longer than `LONGEST_SENTENCE`."""
    for sentence in _cut(text):
        plain = folded(sentence)
        for start in range(0, max(1, len(plain)), LONGEST_SENTENCE - OVERLAP):
            if part := plain[start : start + LONGEST_SENTENCE].strip():
                yield part


def pairs(units: list[str]) -> Iterator[str]:
    """Yield each with the one after it: what is asked for often stands in the next sentence."""
    if len(units) == 1:
        yield units[0]
    for one, other in pairwise(units):
        yield f"{one} {other}".strip()


def folded(text: str) -> str:
    """Return the text as terms are compared: NFKC, without case, without what nobody sees, one space for any."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold().replace("\u2019", "'")
    return " ".join(_SPACES.sub(" ", plain).split())


def pattern_of(terms: list[str], *, within_words: bool) -> re.Pattern[str]:
    """Return a pattern that finds each of these terms. A star at a word's end is its only repetition."""
    alternatives = "|".join(sorted(map(_term, terms), key=len, reverse=True))
    return re.compile(alternatives if within_words else rf"(?<!\w)(?:{alternatives})(?!\w)")


def _term(term: str) -> str:
    stem = re.escape(folded(term.removesuffix("*")))
    return rf"{stem}\w{{0,{STAR}}}" if term.endswith("*") else stem


def _cut(text: str) -> list[str]:
    return _ENDS.split(unicodedata.normalize("NFKC", text))


def _rules_of(file: Path) -> Iterator[Rule]:
    table = tomllib.loads(file.read_text("utf-8"))
    sets = _sets(file, table)
    for rule in table.get("rule", []):
        if rule.get("category") not in CATEGORIES:
            raise BadRules(f"{file.name}: {rule.get('category')!r} is no category; known: {', '.join(CATEGORIES)}")
        if not rule.get("all"):
            raise BadRules(f"{file.name}: a rule for {rule['category']!r} looks for nothing")
        yield Rule(
            rule["category"],
            file.stem,
            tuple(_named(file, sets, name) for name in rule.get("all", ())),
            tuple(_named(file, sets, name) for name in rule.get("unless", ())),
        )


def _sets(file: Path, table: Mapping[str, Any]) -> dict[str, re.Pattern[str]]:
    within_words = bool(table.get("within_words", False))
    sets = {}
    for name, terms in table.get("sets", {}).items():
        if not terms or not all(isinstance(term, str) and folded(term.removesuffix("*")) for term in terms):
            raise BadRules(f"{file.name}: the set {name!r} must be a list of words")
        sets[name] = pattern_of(terms, within_words=within_words)
    return sets


def _named(file: Path, sets: Mapping[str, re.Pattern[str]], name: str) -> re.Pattern[str]:
    if name not in sets:
        raise BadRules(f"{file.name}: there is no set {name!r}")
    return sets[name]
