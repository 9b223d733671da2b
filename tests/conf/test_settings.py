import os
import re
import stat
import subprocess
import sys
from pathlib import Path

from arena.conf.options import OPTIONS
from arena.pairing.draw import Policy

DOCS = Path(__file__).resolve().parents[2] / "docs" / "operations.md"


def test_every_setting_has_a_row_in_the_docs_and_every_row_a_setting():
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| .* \| (.*) \|$", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert rows == {option.name: option.help for option in OPTIONS}


def test_the_help_of_the_pairing_names_every_way():
    (pairing,) = (option for option in OPTIONS if option.name == "ARENA_PAIRING")
    assert pairing.default in list(Policy)
    assert all(re.search(rf"\b{policy}\b", pairing.help) for policy in Policy)


def test_nobody_else_on_the_machine_reads_the_database(tmp_path):
    alone = {**os.environ, "ARENA_VAR": str(tmp_path / "var"), "DATABASE_URL": ""}
    subprocess.run([sys.executable, "manage.py", "migrate", "contenttypes"], env=alone, check=True, capture_output=True)
    files = list((tmp_path / "var").glob("arena.sqlite3*"))
    assert files
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_an_option_under_its_old_name_stops_with_the_new_one():
    old = {**os.environ, "ARENA_REVEAL": "lockstep"}
    done = subprocess.run([sys.executable, "manage.py", "check"], env=old, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "ARENA_REVEAL is called ARENA_PACING now: set ARENA_PACING to the same value" in done.stderr
