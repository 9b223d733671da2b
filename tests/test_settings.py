import re
from pathlib import Path

from arena.settings import OPTIONS

DOCS = Path(__file__).resolve().parent.parent / "docs" / "operations.md"


def test_every_setting_has_a_row_in_the_docs_and_every_row_a_setting():
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| .* \| (.*) \|$", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert rows == {option.name: option.help for option in OPTIONS}
