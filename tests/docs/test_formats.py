"""The manual's table of formats is that of the readers."""

import re
from pathlib import Path

from arena.formats import prompt_shapes
from arena.formats.benchmarks import reading as benchmarks
from arena.formats.votes import reading as votes

MANUAL = Path(__file__).parents[2] / "docs" / "operations.md"


def told(kind):
    """The formats of a kind of import that the table names."""
    rows = re.findall(rf"^\| {kind}: ([^|]*)\|", MANUAL.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


def test_the_table_names_each_format_once():
    assert sorted(told("votes")) == sorted(votes.NAMES)
    assert sorted(told("prompts")) == sorted(prompt_shapes.NAMES)
    assert sorted(told("benchmarks")) == sorted(benchmarks.NAMES)
