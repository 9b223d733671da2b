"""No text makes a rule slow: the steps of each pattern grow with the length of the text, however it is written."""

import re

import pytest

from arena.moderation.rules import SHIPPED, BadRules, pattern_of, read_rules, shipped_rules
from tests.moderation.steps import Steps

LANGUAGES = sorted({rule.language for rule in shipped_rules().rules})


def patterns(language: str) -> set[re.Pattern[str]]:
    rules = [rule for rule in shipped_rules().rules if rule.language == language]
    return {terms for rule in rules for terms in (*rule.all, *rule.unless)}


def hostile_texts(pattern: re.Pattern[str], length: int) -> list[str]:
    """Texts that nearly match: the longest word that the pattern has, its beginning and its end over and over."""
    words = re.findall(r"[^\W\d_]{2,}", pattern.pattern) or ["a"]
    longest = max(words, key=len)
    pieces = (longest, longest[:-1], longest[:-1] + " ", " ", words[0] + "x" * 12)
    return [(piece * length)[:length] for piece in pieces]


@pytest.mark.parametrize("language", LANGUAGES)
def test_twice_the_text_takes_twice_the_steps(language):
    for pattern in patterns(language):
        for short, long in zip(hostile_texts(pattern, 24), hostile_texts(pattern, 48), strict=True):
            one, other = Steps(pattern, short), Steps(pattern, long)
            assert other.found == bool(pattern.search(long))
            assert one.found or other.found or other.taken <= 3 * one.taken


def test_a_catastrophic_pattern_is_seen():
    doubled = re.compile(r"a{0,40}a{0,40}a{0,40}b")
    assert Steps(doubled, "a" * 32).taken > 6 * Steps(doubled, "a" * 16).taken


def test_what_stands_in_a_file_is_no_pattern():
    assert pattern_of(["(a+)+", "b*"], within_words=False).search("x (a+)+ y")
    assert not pattern_of(["(a+)+"], within_words=True).search("aaaa")
    assert not pattern_of(["kill"], within_words=False).search("the skill of it")
    assert pattern_of(["strangl*"], within_words=False).search("strangling")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[sets]\na = ["x"]\n[[rule]]\ncategory = "bread"\nall = ["a"]', "'bread' is no category"),
        ('[[rule]]\ncategory = "hate"\nall = ["a"]', "no set 'a'"),
        ("[sets]\na = []", "must be a list of words"),
        ('[sets]\na = ["*"]', "must be a list of words"),
        ('[[rule]]\ncategory = "hate"', "looks for nothing"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path, text, said):
    (tmp_path / "en.toml").write_text(text)
    with pytest.raises(BadRules, match=said):
        read_rules(tmp_path)


def test_every_set_of_a_shipped_file_is_used():
    for file in SHIPPED.glob("*.toml"):
        text = file.read_text("utf-8")
        names = re.findall(r"^(\w+) = \[", text.partition("[[rule]]")[0], re.MULTILINE)
        assert [name for name in names if f'"{name}"' not in text] == [], file.name
