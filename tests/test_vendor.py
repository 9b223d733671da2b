"""Files that others wrote are those that the table beside them names."""

import hashlib
import re
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "arena" / "static" / "vendor"


def test_every_file_is_in_the_table_with_its_licence_and_its_hash():
    rows = re.findall(
        r"^\| `(\S+)` .*\(`(\S+)`\).* `([0-9a-f]{64})` \|$", (VENDOR / "README.md").read_text(), re.MULTILINE
    )
    scripts = {str(file.relative_to(VENDOR)) for file in VENDOR.rglob("*") if file.suffix in (".js", ".css", ".woff2")}
    assert {name for name, _, _ in rows} == scripts
    for name, licence, digest in rows:
        assert (VENDOR / licence).is_file()
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest
