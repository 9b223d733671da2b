"""The words that the rules look up, from words.toml."""

import tomllib
from functools import cache
from pathlib import Path


def words_of(rule: str, name: str) -> frozenset[str]:
    """Return one of a rule's word lists, in lower case."""
    return frozenset(_lists()[rule][name].split())


@cache
def _lists() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
