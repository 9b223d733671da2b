"""What the styles say once, in a token, they say nowhere else."""

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "arena" / "static" / "arena"
STEPS = ("4px", "8px", "12px", "16px", "20px", "24px", "32px", "40px", "48px")


def _declarations() -> list[tuple[str, str]]:
    """Those behind the tokens, in all files."""
    _, rules = (FOLDER / "arena.css").read_text("utf-8").split(':root[data-theme="light"]')
    rules += "".join(path.read_text("utf-8") for path in FOLDER.glob("*.css") if path.name != "arena.css")
    return re.findall(r"^\s+([\w-]+): ([^;{]+);", rules, re.MULTILINE)


def test_space_comes_in_the_steps_of_the_tokens():
    spaces = [(name, value) for name, value in _declarations() if re.match("padding|margin|gap", name)]
    assert len(spaces) > 100
    literal = [(name, value) for name, value in spaces if set(re.findall(r"\d+px", value)) & set(STEPS)]
    assert literal == []


def test_a_colour_stands_in_a_token():
    assert [value for _, value in _declarations() if re.search(r"#[0-9a-f]{3,8}\b", value)] == []


def test_lines_and_the_size_for_a_finger_are_tokens():
    repeated = [value for _, value in _declarations() if "44px" in value or re.search("1px solid var", value)]
    assert repeated == []
