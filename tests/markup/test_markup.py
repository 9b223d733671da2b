import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from time import process_time

import pytest

from arena.markup import language_of, render_answer, render_markdown
from tests.markup.hostile_answers import PAYLOADS

HARMLESS = {"a", "blockquote", "br", "code", "del", "div", "em", "figcaption", "figure", "hr", "li", "ol", "p", "pre"}
HARMLESS |= {
    "kbd",
    "s",
    "span",
    "strong",
    "sub",
    "sup",
    "u",
    "ul",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
}


class Tags(HTMLParser):
    """Every tag with each of its attributes."""

    def __init__(self):
        super().__init__()
        self.found = []

    @classmethod
    def of(cls, html):
        parser = cls()
        parser.feed(html)
        return parser.found

    def handle_starttag(self, tag, attributes):
        self.found += [(tag, name, value) for name, value in attributes or [("", "")]]


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
    assert '<div class="table" dir="auto"><table>' in html
    assert "<td>1</td>" in html
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
        (r"\[w\] (1)", "w"),
        ("값은$y$이다", "y"),
        ("text\n$$\nv\n$$\ntext", "v"),
        ("- a\n\n  \\[\n  u\n  \\]\n", "u"),
    ],
)
def test_formulas_are_kept_as_they_were_written(text, tex):
    assert f">{tex}</code>" in render_markdown(text)
    assert "data-maths" in render_markdown(text)


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $10.",
        "from $ a to $ b",
        "`$x$`",
        "```\n$x$\n```",
        r"\$x\$",
        "$HOME/bin:$PATH",
        "$A and `$B`",
        "5$ or 6$",
        "costs $a, `$` is",
        "$$ $$",
        "$$\n\nx",
        "$$x and y$",
    ],
)
def test_money_and_code_are_no_formulas(text):
    assert "data-maths" not in render_markdown(text)


@pytest.mark.parametrize(
    "text", [r"\[ x \] more", r"\[a\] (more)", "$$a$$ (more)", "so $$z$$ more", "\\[\nx\n\\] more"]
)
def test_what_stands_beside_a_formula_is_kept_in_one_paragraph(text):
    html = render_markdown(text)
    assert "more" in html
    assert html.count("<p") == 1
    assert 'data-maths="block"' in html


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


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_nothing_hostile_is_left_of_what_a_model_writes(payload):
    for tag, name, value in Tags.of(render_markdown(payload)):
        assert tag in HARMLESS
        assert name in ("dir", "class", "rel", "start", "data-maths", "href", "")
        assert name != "class" or re.fullmatch(r"code|maths|table( (end|centre)-\d+)*|hl-\w+", value)
        assert name != "href" or re.match(
            r"https?://[A-Za-z0-9.-]+(:\d+)?([/?#]|$)|mailto:[^@]+@[A-Za-z0-9.-]+$", value
        )
    assert not set(render_markdown(payload)) & set("\x00\x1b\x85\u202e\u2066")


def test_no_text_takes_long_to_render():
    unit = ("\\[\n", "\\(", "$a", "$$a\n", "\\[ a\nb\n", "[a", "*a ", "> ", "- ", "`", "|a", "[a](<", "![[", "_a*")
    for text in (part * (12_000 // len(part)) for part in unit):
        start = process_time()
        render_markdown(text)
        assert process_time() - start < 2, text[:9]


def test_many_signs_that_close_no_formula_take_little_time():
    start = process_time()
    for part in ("\\\\$", "\\(", "$a\\"):
        render_markdown(part * (40_000 // len(part)))
    assert process_time() - start < 4


def test_highlighting_has_a_colour_for_each_kind_of_word_that_reads_well():
    css = (Path(__file__).parents[2] / "arena" / "static" / "arena" / "arena.css").read_text()
    colours = dict(re.findall(r"--([\w-]+): light-dark\((#\w{6}, #\w{6})\)", css))
    used = set(re.findall(r"\.hl-[^{]*\{\s*color: var\(--([\w-]+)\)", css))
    assert {"quiet", "code-word", "code-text", "code-number", "code-name", "alarm"} <= used
    for name in used:
        for colour, ground in zip(colours[name].split(", "), colours["code"].split(", "), strict=True):
            assert contrast(colour, ground) >= 4.5, (name, colour)


def contrast(one, other):
    """Of two colours, by WCAG 2.2."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc that tells the most memory")
def test_many_threads_that_ask_for_the_first_language_load_its_model_once():
    """In a fresh process, as the web server is at its start; each model takes 75 MB."""
    script = """
import threading
from pathlib import Path
from arena.markup.languages import language_of
text = "This is a text in plain English that is long enough to tell."
threads = [threading.Thread(target=language_of, args=(text,)) for _ in range(20)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(language_of(text), Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""
    command, root = [sys.executable, "-c", script], Path(__file__).parents[2]
    language, kilobytes = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.split()
    assert language == "en"
    assert int(kilobytes) < 400_000
