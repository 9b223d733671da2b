"""Markdown as models write it, where the letter of CommonMark would show its marks or lose words."""

import pytest

from arena.markup import render_markdown
from tests.markup.test_growing import shown


def line(text):
    """The HTML of one paragraph."""
    return render_markdown(text).removeprefix('<p dir="auto">').removesuffix("</p>\n")


def code(tex, kind="inline"):
    return f'<code class="maths" data-maths="{kind}" dir="ltr">{tex}</code>'


def link(address, text):
    return f'<a href="{address}" rel="noopener noreferrer nofollow ugc">{text}</a>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**부산(Busan)**에", "<strong>부산(Busan)</strong>에"),
        ('그는 **"예"**라고', '그는 <strong>"예"</strong>라고'),
        ("**`pip`**로", "<strong><code>pip</code></strong>로"),
        ("**참고:**아래", "<strong>참고:</strong>아래"),
        ("물가는 **3%**이며", "물가는 <strong>3%</strong>이며"),
        ("~~취소(됨)~~된", "<s>취소(됨)</s>된"),
        ("**重要：**内容", "<strong>重要：</strong>内容"),
        ("これは**「注意」**です。**「次」**へ", "これは<strong>「注意」</strong>です。<strong>「次」</strong>へ"),
        ("中文**“引用”**中文", "中文<strong>“引用”</strong>中文"),
        ("*서울(Seoul)*은", "<em>서울(Seoul)</em>은"),
        ("**Note:**then", "<strong>Note:</strong>then"),
        ('**"So"**he', '<strong>"So"</strong>he'),
        ("2 ** 3 and 4 * 5", "2 ** 3 and 4 * 5"),
        ('a**"b"**', 'a**"b"**'),
        ("snake_case_name and _so_", "snake_case_name and <em>so</em>"),
    ],
)
def test_emphasis_is_seen_beside_letters_that_know_no_spaces(text, html):
    assert line(text) == html


@pytest.mark.parametrize("text", ["**부산(Busan)**에", '그는 **"예"**라고', "これは**「注意」**です"])
def test_emphasis_is_seen_so_while_it_grows_too(text):
    assert shown(text) == render_markdown(text).removesuffix("</p>\n")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("one<br>two<BR />three", "one<br>\ntwo<br>\nthree"),
        ("H<sub>2</sub>O, x<sup>**2**</sup>", "H<sub>2</sub>O, x<sup><strong>2</strong></sup>"),
        ("press <kbd>Ctrl</kbd>, <u>so</u>", "press <kbd>Ctrl</kbd>, <u>so</u>"),
        ("a <sub>b", "a &lt;sub&gt;b"),
        ("</sub> and <b>c</b>", "&lt;/sub&gt; and &lt;b&gt;c&lt;/b&gt;"),
        ('<u onclick="x">a</u>', '&lt;u onclick="x"&gt;a&lt;/u&gt;'),
        ("`<br>`", "<code>&lt;br&gt;</code>"),
    ],
)
def test_five_tags_are_read_and_no_other(text, html):
    assert line(text) == html


def rows(text):
    """The cells of each row below the head."""
    body = render_markdown(text).partition("<tbody>")[2]
    return [[cell.split("</td>")[0] for cell in row.split("<td>")[1:]] for row in body.split("<tr>")[1:]]


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ("| $|a|$ | $P(A|B)$ |", [code("|a|"), code("P(A|B)")]),
        ("| \\(a|b\\) | `x|y` |", [code("a|b"), "<code>x|y</code>"]),
        ("| ``a|`b`` | c |", ["<code>a|`b</code>", "c"]),
        ("| $5 | $6 |", ["$5", "$6"]),
        ("| costs $a | b$ more |", ["costs $a", "b$ more"]),
        ("| a \\| b | `c \\| d` |", ["a | b", "<code>c | d</code>"]),
        ("| one<br>two | **b** |", ["one<br>\ntwo", "<strong>b</strong>"]),
        ("| a", ["a", ""]),
        ("| a | b | c |", ["a", "b"]),
        ("a & b | <i> |", ["a &amp; b", "&lt;i&gt;"]),
    ],
)
def test_bars_in_formulas_and_code_part_no_cells(row, cells):
    assert rows(f"| x | y |\n|---|---|\n{row}") == [cells]


def test_columns_keep_their_alignment():
    html = render_markdown("| a | b | c | d |\n|:--|--:|:-:|---|\n| 1 | 2 | 3 | 4 |")
    assert html.startswith('<div class="table end-2 centre-3" dir="auto"><table>')


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("\\[\na = b\\\\\n\nc = d\n\\]", "a = b\\\\\n\nc = d"),
        (
            "\\begin{align*}\na &= b \\\\[2pt]\nc\n\\end{align*}",
            "\\begin{align*}\na &amp;= b \\\\[2pt]\nc\n\\end{align*}",
        ),
        ("so\n\\begin{equation}\nx\n\\end{equation}", "\\begin{equation}\nx\n\\end{equation}"),
    ],
)
def test_formulas_over_many_lines_are_one(text, tex):
    assert code(tex, "block") in render_markdown(text)


@pytest.mark.parametrize(
    "text",
    [
        "a $20 bill, a 5$ one",
        "$20 to 5$",
        "from $20 ... 5$",
        "$x for members and y$ for others",
        "$20 이고 5$",
        "\\begin{align}",
    ],
)
def test_amounts_and_sentences_between_dollars_are_words(text):
    assert "data-maths" not in render_markdown(text)


def test_a_fence_within_a_block_of_markdown_does_not_end_it():
    html = render_markdown("```markdown\n# T\n```python\nx\n```\nend\n```\nafter **all**")
    assert html.count("<figure") == 1
    assert html.endswith('<p dir="auto">after <strong>all</strong></p>\n')


def test_a_block_of_markdown_that_nothing_closes_ends_where_fences_always_end():
    assert '<p dir="auto">after</p>' in render_markdown("```md\n```js\nx\n```\nafter")


def test_two_spaces_nest_a_list_under_numbers():
    html = render_markdown("1. One\n  - sub\n    - deep\n2. Two\n  * more\n    ```\n    x\n      y\n    ```\n")
    assert html.count("<ol") == 1
    assert html.count("<ul>") == 3
    assert "<pre><code>x\n  y\n</code></pre>" in html


def test_a_list_after_a_paragraph_of_its_own_is_not_nested():
    assert render_markdown("1. One\n\nText\n\n  - item").count("</ol>\n<p") == 1


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("see https://example.org/a_b.", f"see {link('https://example.org/a_b', 'https://example.org/a_b')}."),
        ("(http://example.org/x_(y))", f"({link('http://example.org/x_(y)', 'http://example.org/x_(y)')})"),
        ("**www.example.org**", f"<strong>{link('https://www.example.org', 'www.example.org')}</strong>"),
        ("https://example.org를", f"{link('https://example.org', 'https://example.org')}를"),
        ("[so](https://example.org)", link("https://example.org", "so")),
        ("[Example.org](https://www.example.org/)", link("https://www.example.org/", "Example.org")),
        ("[Node.js](https://nodejs.org/)", link("https://nodejs.org/", "Node.js")),
        ("[me](mailto:me@example.org)", link("mailto:me@example.org", "me")),
        ("![map](https://example.org/m.png)", link("https://example.org/m.png", "map")),
        ("`https://example.org`", "<code>https://example.org</code>"),
        ("xhttps://example.org", "xhttps://example.org"),
    ],
)
def test_addresses_are_links(text, html):
    assert line(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "[Vote](/battles/x/vote/)",
        "[a](#main)",
        "[a](?x=1)",
        "[a](//evil.example)",
        "[a](\\\\evil.example)",
        "[a](http:evil.example)",
        "[https://bank.example](https://evil.example)",
        "[go to bank.example now](https://evil.example)",
        "[bank.example](https://bank.example.evil.example)",
        "[a](https://bank.example@evil.example/)",
        "[me@bank.example](mailto:me@evil.example)",
        "[аррӏе.com](https://xn--80ak6aa92e.com)",
        "![x](data:image/png;base64,AAAA)",
        "[a][b]\n\n[b]: /x",
    ],
)
def test_a_link_that_does_not_say_where_it_leads_is_text(text):
    assert "<a" not in render_markdown(text)
