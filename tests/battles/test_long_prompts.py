"""A prompt in a line is cut between words; above the answers a long one is folded."""

import pytest
from django.template.loader import render_to_string

from arena.templatetags.words import cut_at_word

CODE = "Your part of the code:\n```python\ndef tide(mass):\n    return mass\n```\nWhat does it return?"


@pytest.mark.parametrize(
    ("text", "length", "line"),
    [
        ("Why is the sea salty?", 88, "Why is the sea salty?"),
        ("Why is the sea so salty here?", 19, "Why is the sea so…"),
        ("One, two, three", 10, "One, two…"),
        ("바다는 왜 짠가요? 그리고 강은요?", 12, "바다는 왜 짠가요?…"),
        ("海水为什么是咸的而河水不是", 8, "海水为什么是咸…"),
        (CODE, 88, "Your part of the code: def tide(mass): return mass What does it return?"),
    ],
)
def test_it_is_cut_between_two_words_and_has_no_marks_of_code(text, length, line):
    assert cut_at_word(text, length) == line


@pytest.mark.parametrize("text", ["word " * 101, "line\n" * 9])
def test_a_long_prompt_is_folded_and_there_as_a_whole(text):
    head, whole = render_to_string("battles/_typed.html", {"text": text.strip()}).split("<details")
    assert "<br>" not in head
    assert len(head) < 500
    assert whole.count(text.split()[0]) == len(text.split())


def test_a_short_prompt_is_not():
    assert "<details" not in render_to_string("battles/_typed.html", {"text": "Say hello."})
