"""A text that grows: what a page shows of it at each step, and how much of it is sent."""

import random
import re
from time import process_time

import pytest

from arena.markup import GrowingText, render_markdown, shortened, without_controls
from tests.markup.hostile_answers import PAYLOADS
from tests.markup.markdown_samples import DEFINED_LATER, SAMPLES
from tests.markup.test_markup import HARMLESS, Tags


def utf_16(text):
    return text.encode("utf-16-le")


class Page:
    """The HTML that a page has: what is finished, and the open part."""

    def __init__(self):
        self.done, self.open = "", ""

    def apply(self, difference):
        if difference.is_whole:
            self.done = self.open = ""
        before = utf_16(self.open)
        units = before[: len(before) - 2 * difference.drop] + utf_16(difference.html)
        self.done += units[: 2 * difference.done].decode("utf-16-le")
        self.open = units[2 * difference.done :].decode("utf-16-le")

    @property
    def html(self):
        return self.done + self.open


def grown(pieces):
    """A page, and what its text was told in these pieces."""
    text, page = GrowingText(), Page()
    for piece in pieces:
        page.apply(text.add(without_controls(piece)))
    return text, page


def shown(text, step=1):
    """What a page shows of a text that has come so far in pieces of this length."""
    return grown([text[at : at + step] for at in range(0, len(text), step)])[1].html


def is_joined_to_the_whole(pieces):
    """Tell whether what was called finished is a part of the whole, to which a page then comes."""
    text, page = grown(pieces)
    whole = render_markdown("".join(pieces))
    last = text.end(whole)
    page.apply(last)
    return page.html == whole and not last.is_whole


@pytest.mark.parametrize("text", SAMPLES, ids=range(len(SAMPLES)))
def test_blocks_joined_are_the_whole_wherever_the_text_is_cut(text):
    assert is_joined_to_the_whole([text])
    assert is_joined_to_the_whole(list(text))
    for cut in range(len(text)):
        assert is_joined_to_the_whole([text[:cut], text[cut:]]), cut


def test_blocks_of_samples_joined_at_random_are_the_whole():
    rng = random.Random(20)
    lines = [line for sample in SAMPLES for line in sample.split("\n") if "]:" not in line]
    for _ in range(300):
        text = "\n".join(rng.choices([*lines, "", ""], k=rng.randint(2, 40)))
        step = rng.randint(1, 200)
        assert is_joined_to_the_whole([text[at : at + step] for at in range(0, len(text), step)]), text


def test_a_link_whose_address_comes_later_is_words_until_the_whole_is_there():
    text, page = grown(list(DEFINED_LATER))
    assert "see [later]" in page.html
    assert text.end(render_markdown(DEFINED_LATER)).is_whole


ONE_ROW = '<div class="table" dir="auto"><table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>one'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("so **bold and *both", '<p dir="auto">so <strong>bold and <em>both'),
        ("so **bold**", '<p dir="auto">so <strong>bold'),
        ("so **", '<p dir="auto">so'),
        ("**서울(Seoul)**은", '<p dir="auto"><strong>서울(Seoul)</strong>은'),
        ("so `code with *stars", '<p dir="auto">so <code>code with *stars'),
        ("so ~~gone", '<p dir="auto">so <s>gone'),
        ("H<sub>2", '<p dir="auto">H<sub>2'),
        ("H<su", '<p dir="auto">H'),
        ("see [the page](https://exa", '<p dir="auto">see the page'),
        ("see ![the picture", '<p dir="auto">see the picture'),
        ("so $x^2 + y", '<p dir="auto">so <code class="maths" data-maths="open" dir="ltr">x^2 + y'),
        ("so $5 and", '<p dir="auto">so $5 and'),
        ("$$\nx\n+ y", '<p><code class="maths" data-maths="open" dir="ltr">x\n+ y'),
        ("- one\n- **tw", '<ul dir="auto">\n<li>one</li>\n<li><strong>tw'),
        ("- one\n- ", '<ul dir="auto">\n<li>one'),
        ("text\n2", '<p dir="auto">text'),
        ("text\n--", '<p dir="auto">text'),
        ("> so **b", '<blockquote dir="auto">\n<p>so <strong>b'),
        ("## Ti", '<h4 dir="auto">Ti'),
        ("```py", ""),
        ("```\nx = [", '<figure class="code" dir="ltr"><pre><code>x = ['),
        ("```\nx\n``", '<figure class="code" dir="ltr"><pre><code>x'),
        ("```\nx\n```\nso **b", None),
        ("| a | b |\n|--", '<div class="table" dir="auto"><table>\n<thead>\n<tr>\n<th>a</th>\n<th>b'),
        ("| a", ""),
        ("| a |\n", '<div class="table" dir="auto"><table>\n<thead>\n<tr>\n<th>a'),
        ("| a |\n|---|\n| one |\n| **b", ONE_ROW),
    ],
)
def test_an_open_block_is_shown_as_if_it_were_closed(text, html):
    whole = shown(text)
    if html is not None:
        assert whole == html
    else:
        assert whole.endswith("<strong>b") or whole.endswith("<strong>b</strong>")


LONG = {
    "table": "| Model | Size |\n|---|---:|\n" + "| **Model** name | 6.7B |\n" * 300,
    "list": "".join(f"{number}. **Item {number}.** Some *words* go here.\n" for number in range(1, 200)),
    "loose list": "".join(f"{number}. **Item {number}.** Some *words* go here.\n\n" for number in range(1, 200)),
    "code": "```python\n" + 'def f(x):\n    """Say."""\n    return "text"\n\n' * 120 + "```\nso **bold",
    "paragraph": "This is a **bold** sentence of some length. " * 150,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_long_block_is_the_same_at_each_step_as_if_it_came_at_once(text):
    for length in range(700, 3000, 401):
        assert shown(text[:length], step=37) == shown(text[:length], step=length)


def test_a_list_that_becomes_loose_late_is_loose_from_its_start():
    text = "".join(f"- item {number} of the list\n" for number in range(60)) + "\n- last"
    assert shown(text, step=20).count("<p>") == 61


MIXED = """## Part {n}

The pull falls, $a = 2GMr/d^3$, so **the moon** leads, `{n}` times; see [more](https://example.org/{n}).

- The near side is pulled more.
- The far side less:
  - a *second* bulge.

```python
def tide(mass: float) -> str:
    return f"{2 * mass:.2f}" if mass else "none"  # part {n}
```

| Body | Pull |
|---|---:|
| Moon | 69 % |

"""


@pytest.mark.parametrize(
    "text",
    [*LONG.values(), "".join(MIXED.replace("{n}", str(n)) for n in range(40))],
    ids=[*LONG, "mixed"],
)
def test_what_is_sent_is_at_most_two_and_a_half_times_the_text(text):
    growing, sent = GrowingText(), 0
    for at in range(0, len(text), 60):
        sent += len(shortened(growing.add(text[at : at + 60]).html).encode())
    sent += len(shortened(growing.end(render_markdown(text)).html).encode())
    assert sent < 2.5 * len(text)


def test_no_text_takes_long_while_it_grows():
    units = (
        "\\[\n",
        "\\(",
        "$a",
        "$$a\n",
        "\\[ a\nb\n",
        "[a",
        "*a ",
        "> ",
        "- ",
        "`",
        "|a",
        "[a](<",
        "![[",
        "_a*",
        "$$\n",
    )
    for text in (
        unit * (12_000 // len(unit)) for unit in (*units, "[x]: y\n", "**a***a", "<sub>", "- a\n", "|a|\n|-|\n")
    ):
        start = process_time()
        grown([text[at : at + 200] for at in range(0, len(text), 200)])
        assert process_time() - start < 3, text[:9]


def test_one_who_comes_late_gets_the_same():
    for text in SAMPLES:
        growing, page = grown([text[: len(text) // 2]])
        late = Page()
        late.apply(growing.whole())
        for other in (page, late):
            assert (other.done, other.open) == (page.done, page.open)


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_nothing_hostile_is_shown_while_it_grows(payload):
    for length in range(1, min(len(payload), 400)):
        for tag, name, value in Tags.of(shown(payload[:length], step=length)):
            assert tag in HARMLESS
            assert name in ("dir", "class", "rel", "start", "data-maths", "href", "")
            assert name != "href" or re.match(r"https?://[A-Za-z0-9.-]+(:\d+)?([/?#]|$)|mailto:", value)
