import json
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


def database(url, **more):
    """What Django is told of the database at this URL."""
    environment = {**os.environ, "DATABASE_URL": url, **more}
    say = "import json; from django.conf import settings; print(json.dumps(settings.DATABASES['default']))"
    done = subprocess.run([sys.executable, "-c", say], env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_pooler_of_transactions_may_stand_before_postgresql_unless_the_operator_says_that_there_is_none():
    assert database("postgres://arena@10.0.0.5:6432/arena")["DISABLE_SERVER_SIDE_CURSORS"]
    direct = database("postgres://arena@10.0.0.5/arena", ARENA_SERVER_SIDE_CURSORS="1")
    assert not direct["DISABLE_SERVER_SIDE_CURSORS"]


def test_a_folder_of_sockets_is_written_as_libpq_has_it():
    said = database("postgres://arena:p%40ss@%2Fvar%2Frun%2Fpostgresql/arena")
    assert (said["HOST"], said["NAME"], said["PASSWORD"]) == ("/var/run/postgresql", "arena", "p@ss")


def test_the_folder_of_a_demo_is_one_by_whatever_command_it_is_started(tmp_path):
    (tmp_path / "demo").touch()
    of_the_folder = {**os.environ, "ARENA_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "arena.settings"}
    asked = [sys.executable, "-c", "from django.conf import settings; print(settings.DEMO)"]
    done = subprocess.run(asked, env=of_the_folder, capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
