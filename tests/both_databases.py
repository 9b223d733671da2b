"""All tests on SQLite and, beside them, those of the database on PostgreSQL: `python -m tests.both_databases`.

What is written on PostgreSQL is shown when both are done. Ends with 1 if either failed. --slow: the slow tests too.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

_PYTEST = (sys.executable, "-m", "pytest", "-q")
#: In three processes, on two cores too: those that play in the arena and in the browser wait more than they work.
_ON_SQLITE = (*_PYTEST, "-n", "3", "--dist", "loadgroup")
_ON_POSTGRESQL = (sys.executable, "-m", "tests.provide.postgresql", *_PYTEST)


def main() -> int:
    """1 if a test failed, else 0."""
    slow = "" if "--slow" in sys.argv else " and not slow"
    with tempfile.TemporaryFile("w+") as shown_later:
        beside = [*_ON_POSTGRESQL, "-m", f"database{slow}", *map(str, database_files())]
        with subprocess.Popen(beside, stdout=shown_later, stderr=subprocess.STDOUT) as on_postgresql:
            on_sqlite = subprocess.run([*_ON_SQLITE, "-m", slow.removeprefix(" and ")], check=False)
        shown_later.seek(0)
        print(f"\nOn PostgreSQL:\n{shown_later.read()}", flush=True)
    return int(bool(on_sqlite.returncode or on_postgresql.returncode))


def database_files() -> list[Path]:
    """Those with tests for PostgreSQL: to collect all the others takes longer than to run these."""
    return [file for file in sorted(Path(__file__).parent.rglob("test_*.py")) if "mark.database" in file.read_text()]


if __name__ == "__main__":
    sys.exit(main())
