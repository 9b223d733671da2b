"""Templates read like the code: short lines, short files, indented by `make format`."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
LONGEST_LINE, MOST_LINES = 120, 80


def test_no_line_of_a_template_is_longer_than_one_of_the_code():
    lines = [(path.name, line) for path in TEMPLATES for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(lines) > 1000
    assert [(name, line) for name, line in lines if len(line) > LONGEST_LINE] == []


def test_no_template_is_longer_than_a_reader_keeps_in_mind():
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in TEMPLATES}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_the_indentation_is_that_of_make_format():
    check = [sys.executable, "-m", "djhtml", "--tabwidth", "2", "--check", "templates"]
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
