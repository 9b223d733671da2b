import random
import re
import time

import numpy as np
import pytest

from ratings.errors import LengthMismatch
from ratings.style import (
    STYLE_FEATURES,
    BadStyleCount,
    bold,
    code_blocks,
    headers,
    length,
    lists,
    normalised_differences,
    style_counts,
)

ANSWER = """# A plan

Use **two** steps, __both__ short:

1. Read `**kwargs` first.
2) Then write:
   - one thing
   * **another**

```python
# not a header
- not a list item
x = a ** b ** c  # **not bold**
```

## The end
"""
HOSTILE = ["*", "`", "_", "~", "#", "-", " ", "* ", "- ", "**a", "**a ", "__a_", "`a``b", "```a`", "1", "1. ", "\n```"]


def test_an_answer_is_counted_by_its_markdown_outside_code():
    assert {name: feature(ANSWER) for name, feature in STYLE_FEATURES.items() if name != "length"} == {
        "headers": 2,
        "lists": 4,
        "bold": 3,
        "code_blocks": 1,
    }


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("Hello, world!", 4),
        ("snake_case 3.14", 4),
        ("日本語です。", 6),
        ("한국", 2),
        ("naïve été", 2),
        (" \n", 0),
    ],
)
def test_length_counts_words_marks_and_ideograms(text, tokens):
    assert length(text) == tokens


def test_length_is_what_a_search_for_tokens_finds_in_any_text():
    ideograms = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
    token = re.compile(rf"[{ideograms}]|[^\W{ideograms}]+|[^\w\s]")
    rng, plain = random.Random(1), [chr(code) for code in range(0x3100)]
    for some in (plain[:128], plain, [*plain, "한", "\U00020000", "😀", "\ud800", "\uffff", "\U0010ffff"]):
        text = "".join(rng.choices([" ", "a", *some], k=5000))
        assert length(text) == len(token.findall(text))


@pytest.mark.parametrize("text", ["#nothing", "####### seven", "a # b", "    # code"])
def test_what_only_looks_like_a_header_is_none(text):
    assert headers(text) == 0


@pytest.mark.parametrize(
    "text", ["* * *", "---", "- - -", "-5 degrees", "3.14 is pi", "**bold** start", "1234567890. a", "-"]
)
def test_what_only_looks_like_a_list_item_is_none(text):
    assert lists(text) == 0


@pytest.mark.parametrize(
    ("text", "passages"),
    [
        ("**a** and **b c**", 2),
        ("***a***", 1),
        ("**a *b* c**", 1),
        ("**`code`**", 1),
        ("2 ** 3 ** 4", 0),
        ("a__b__c", 0),
        ("__b__c", 0),
        ("*a*", 0),
        ("**a", 0),
        ("**a\nb**", 0),
        ("`f(**a)` or `f(**b)`", 0),
        ("``a`**b**``", 0),
        ("`**a**", 1),
    ],
)
def test_bold_passages_are_counted_within_a_line_and_outside_code(text, passages):
    assert bold(text) == passages


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("```\na\n```", 1),
        ("~~~\n```\n~~~", 1),
        ("````\n```\n````\n```py\n```", 2),
        ("```never closed\n# a", 1),
        ("``` one `line` ```", 0),
        ("  - a\n    ```\n    b\n    ```", 1),
        ("```\n```not the end\n# a\n```", 1),
    ],
)
def test_a_fence_ends_at_one_of_its_own_kind_and_at_least_its_length(text, blocks):
    assert code_blocks(text) == blocks
    assert headers(text) == 0


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_takes_linear_time(piece):
    text = piece * (200_000 // len(piece))
    start = time.process_time()
    style_counts([text, "a" + text + "`x"])
    assert time.process_time() - start < 3  # a quadratic search takes minutes


def test_counts_have_a_row_per_text_and_a_column_per_feature_of_the_callers_choice():
    features = {**STYLE_FEATURES, "length": lambda text: len(text.encode()), "questions": lambda text: text.count("?")}
    counts = style_counts(iter(["# Why?", "é"]), features)
    assert list(features) == ["length", "headers", "lists", "bold", "code_blocks", "questions"]
    assert counts.tolist() == [[6, 1, 0, 0, 0, 1], [2, 0, 0, 0, 0, 0]]
    assert style_counts([]).shape == (0, 5)


def test_differences_are_shares_of_the_sum_and_zero_where_both_are():
    a, b = np.array([[3.0, 0, 0], [1e300, 2, 5]]), np.array([[1.0, 0, 4], [0, 2, 0]])
    assert normalised_differences(a, b).tolist() == [[0.5, 0, -1], [1, 0, 1]]
    assert np.array_equal(normalised_differences(b, a), -normalised_differences(a, b))


@pytest.mark.parametrize("bad", [-1.0, float("nan"), float("inf")])
def test_a_count_that_is_none_is_refused_with_its_row(bad):
    counts = np.array([[1.0, 2.0], [3.0, bad]])
    with pytest.raises(BadStyleCount) as refused:
        normalised_differences(np.ones((2, 2)), counts)
    assert refused.value.row == 1
    with pytest.raises(LengthMismatch):
        normalised_differences(np.ones((3, 2)), counts)
