"""How much memory an import takes, in a process of its own."""

import os
import subprocess
import sys

import pytest

ROWS = 60_000
MAX_MB = 300
CODE = """
import re, sys, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("import_votes", sys.argv[1], "--unpublished")
print(int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_a_long_file_is_never_in_memory_at_once(tmp_path):
    path = tmp_path / "votes.csv"
    with path.open("w") as file:
        file.write("model_a,model_b,winner,prompt,response_a,response_b\n")
        file.writelines(f"m{n % 97},n{n % 89},tie,Why {n}?,{'because ' * 20},{'of that ' * 20}\n" for n in range(ROWS))
    environment = os.environ | {"ARENA_VAR": str(tmp_path), "DATABASE_URL": "", "REDIS_URL": "redis://127.0.0.1:1/0"}
    command = [sys.executable, "-c", CODE, str(path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert f"{ROWS:,} of {ROWS:,} votes are new" in done.stdout
    assert int(done.stdout.split()[-1]) < MAX_MB
