from time import process_time

import pytest

from arena.markup import render_markdown


@pytest.mark.parametrize(
    ("language", "part"),
    [
        ("c", "\n"),
        ("java", "a "),
        ("csharp", "a\n"),
        ("makefile", "a("),
        ("console", "a:"),
        ("matlab", " \n"),
        ("ini", "="),
        ("html+evoque", "${" * 400 + "\n"),
    ],
)
def test_no_code_takes_long_to_colour(language, part):
    start = process_time()
    render_markdown(f"```{language}\n{part * (19_000 // len(part))}\n```")
    assert process_time() - start < 1


@pytest.mark.parametrize(
    "language", ["py", "sh", "js", "c++", "ts", "html", "sql", "yaml", "rs", "kotlin", "cs", "r", "md"]
)
def test_what_people_write_most_is_coloured(language):
    code = 'if x == "a" then 1 # **b**\n<b class="c">let select = 2;</b>\n'
    assert "hl-" in render_markdown(f"```{language}\n{code}```")


def test_code_within_code_is_of_no_language():
    assert 'hl-kd"' not in render_markdown("````md\n```js\nvar a\n```\n````")
