"""What is done before the site starts, and what is said when it cannot be done."""

import os
import subprocess
import sys


def test_a_step_that_fails_is_named_and_ends_the_preparation() -> None:
    away = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    done = subprocess.run([sys.executable, "-m", "arena.supervisor.prepare"], env=away, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.endswith("Checking the settings: this did not work.\n")
    assert "arena.E006" in done.stderr
    assert done.stdout == "Checking the settings\n"
