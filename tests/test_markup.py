import pytest

from arena.markup import language_of, render_answer, render_markdown
from arena.markup.blocks import finished_length


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "[click](data:text/html;base64,PHNjcmlwdD4=)",
        "<a href='javascript:alert(1)'>x</a>",
        "<svg onload=alert(1)>",
        "<style>body{display:none}</style>",
        "<form action=//evil.example><input name=x></form>",
        "![track](https://evil.example/pixel.png)",
        "![track][1]\n\n[1]: https://evil.example/pixel.png",
        '`<b onmouseover="alert(1)">`',
    ],
)
def test_what_a_model_writes_never_becomes_code_or_a_remote_request(text):
    html = render_markdown(text)
    for tag in ("<script", "<img", "<svg", "<style", "<form", "<input", "<iframe"):
        assert tag not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html


def test_markdown_is_rendered_and_headings_stay_below_those_of_the_page():
    html = render_markdown("# One\n\n**bold** `code`\n\n| a |\n|---|\n| 1 |\n")
    assert '<h3 dir="auto">One</h3>' in html
    assert "<strong>bold</strong>" in html
    assert '<td dir="auto">1</td>' in html
    assert "<h1>" not in html


def test_an_image_is_shown_as_its_description():
    assert "a tide table" in render_markdown("![a tide table](https://evil.example/pixel.png)")


def test_links_open_without_telling_where_from():
    assert 'rel="noopener noreferrer nofollow ugc"' in render_markdown("[x](https://example.org)")


def test_code_is_coloured_where_its_language_is_known_and_plain_elsewhere():
    known = render_markdown('```python\ndef f():\n    return "<b>"\n```')
    assert "<figcaption>python</figcaption>" in known
    assert '<span class="hl-k">def</span>' in known
    assert "&lt;b&gt;" in known
    plain = render_markdown("```martian\nif x <y>\n```")
    assert "<figcaption>martian</figcaption>" in plain
    assert "if x &lt;y&gt;" in plain
    assert "hl-" not in plain


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("$a<b$", "a&lt;b"),
        (r"\(x^2\)", "x^2"),
        ("$$\n\\int x\n$$", r"\int x"),
        ("\\[\ny\n\\]", "y"),
        ("so $$z$$ here", "z"),
    ],
)
def test_formulas_are_kept_as_they_were_written(text, tex):
    assert f">{tex}</code>" in render_markdown(text)
    assert "data-maths" in render_markdown(text)


@pytest.mark.parametrize("text", ["It costs $5 and $10.", "from $ a to $ b", "`$x$`", "```\n$x$\n```", r"\$x\$"])
def test_money_and_code_are_no_formulas(text):
    assert "data-maths" not in render_markdown(text)


def test_boxes_of_a_list_of_tasks_are_signs():
    html = render_markdown("- [x] done\n- [ ] to do\n")
    assert "☑ done" in html
    assert "☐ to do" in html


def test_characters_that_would_turn_the_page_are_left_out():
    assert render_markdown("a\u202eb\u2066c\x00d\x1be") == '<p dir="auto">abcde</p>\n'


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("바다는 강이 바위에서 녹여 온 소금 때문에 짜요. 비가 바위를 조금씩 녹여요.", "ko"),
        ("The sea is salty because rivers carry minerals into it.", "en"),
        ("مرحبا بالعالم كيف حالك اليوم يا صديقي العزيز", "ar"),
        ("Yes.", ""),
        ("```python\nprint('the sea is salty because of rivers')\n```", ""),
    ],
)
def test_an_answer_says_its_language_where_there_is_enough_to_tell(text, language):
    assert language_of(text) == language
    assert ("lang=" in render_answer(text)) is bool(language)


SAMPLES = [
    "One.\n\nTwo.\n\nThree.\n",
    "# Title\n\ntext **bold**\n\n- a\n- b\n\n  more of b\n\n1. x\n2. y\n\nend",
    "```python\na = 1\n\n\nb = 2\n```\nafter\n\n> quote\n> more\n\nlast",
    "| a | b |\n|---|---|\n| 1 | 2 |\n\ntext\n\n    indented\n    code\n\nend",
    "para\n===\n\nsub\n---\n\n***\n\n- [x] done\n- [ ] not\n\nthe end\n",
    "$$\na\n\nb\n$$\n\ntext \\[ x\n\ny \\] more\n\nend $a$.",
    "1. one\n\n2. two\n\n10. ten\n\n- other\n\n* star\n\nx\n",
    "안녕하세요.\n\n👩‍👩‍👧 가족\n\n```\n끝나지 않은\n",
]


@pytest.mark.parametrize("text", SAMPLES, ids=range(len(SAMPLES)))
def test_blocks_joined_are_the_whole_wherever_the_text_is_cut(text):
    whole = render_markdown(text)
    for first in range(len(text)):
        html, start = "", 0
        for end in (first, len(text)):
            length = finished_length(text[start:end])
            html += render_markdown(text[start : start + length])
            start += length
        assert html + render_markdown(text[start:]) == whole, (first, html)


def test_an_unfinished_block_is_never_called_finished():
    assert finished_length("only one") == 0
    assert finished_length("one\n\ntwo") == 0
    assert finished_length("one\n\ntwo\n") == len("one\n\n")
    assert finished_length("```\na\n\nb\n\nc\n") == 0
