"""The client in docs/api.md, run as it stands there against a whole arena."""

import ast
import os
import re
import subprocess
import sys

from tests.running import ROOT


def client():
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "api.md").read_text(encoding="utf-8"), re.DOTALL)
    return code


def test_the_client_in_the_docs_plays_a_whole_battle(arena):
    token = arena.manage("api_token", "create", "the client in the docs").strip()
    where = os.environ | {"AGON_URL": arena.url, "AGON_TOKEN": token}
    told = subprocess.run(
        [sys.executable, "-c", client()], env=where, capture_output=True, text=True, timeout=180, check=False
    )
    assert told.returncode == 0, told.stderr
    *events, answers, reveal = told.stdout.strip().splitlines()
    assert events.count("event: finished") == 2
    assert "event: settled" in events
    assert all(answer["text"] for answer in ast.literal_eval(answers))
    assert ("'choice': 'tie'" in reveal, "'name'" in reveal) == (True, True)
    assert arena.rows("SELECT source FROM arena_vote WHERE choice = 'tie' AND source = 'api'") == [("api",)]
