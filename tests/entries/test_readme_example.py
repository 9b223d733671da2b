import re
from pathlib import Path

from arena.entries.catalog import read_catalog

README = Path(__file__).resolve().parents[2] / "README.md"


def test_the_entry_in_the_readme_is_a_valid_catalogue(tmp_path):
    example = tmp_path / "mine.toml"
    example.write_text(re.search(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)[1])
    assert [entry.slug for entry in read_catalog([example]).entries] == ["smollm2-pirate"]
