import json
import re
from pathlib import Path

from arena.markup import render_markdown, shortened
from arena.markup.short import PARTS
from tests.answers.shown import expanded
from tests.markup.hostile_answers import PAYLOADS
from tests.markup.markdown_samples import SAMPLES

SCRIPT = Path(__file__).parents[2] / "arena" / "static" / "arena" / "answer.js"


def test_the_page_knows_the_same_parts():
    found = re.search(r"export const PARTS = \[\n(.*?)\];", SCRIPT.read_text("utf-8"), re.DOTALL)
    lines = [line.strip().removesuffix(",") for line in found[1].splitlines()]
    parts = [
        json.loads(line if line[0] == '"' else f'"{line[1:-1].replace(chr(34), chr(92) + chr(34))}"') for line in lines
    ]
    assert tuple(parts) == PARTS


def test_what_was_shortened_is_as_it_was():
    for text in [*SAMPLES, *PAYLOADS, "&#x81; &#x80; \x80"]:
        html = render_markdown(text)
        assert expanded(shortened(html)) == html
