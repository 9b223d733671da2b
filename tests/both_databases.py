"""All tests on SQLite and, beside them, those of the database on PostgreSQL: `python -m tests.both_databases`.

What is written beside is shown when all are done. Ends with 1 if any failed. --slow: the slow tests too.
"""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TESTS = Path(__file__).parent
#: Those that load torch: one process needs the seconds and the memory for it, and not each.
WITH_MODELS = (TESTS / "backends", TESTS / "entries")
_PYTEST = (sys.executable, "-m", "pytest", "-q")
#: One of the three plays in the arena and in the browser, and waits more than it works; the others have the rest.
_IN_THREE = (*_PYTEST, "-n", "3", "--dist", "loadgroup", *(f"--ignore={folder}" for folder in WITH_MODELS))
_ON_POSTGRESQL = (sys.executable, "-m", "tests.provide.postgresql", *_PYTEST)


def main() -> int:
    """1 if a test failed, else 0."""
    slow = "" if "--slow" in sys.argv else "not slow"
    beside: dict[str, list[str | Path]] = {
        "On PostgreSQL": [*_ON_POSTGRESQL, "-m", f"database and {slow}" if slow else "database", *database_files()],
        "With models": [*_PYTEST, "-m", slow, *WITH_MODELS],
    }
    with ThreadPoolExecutor() as pool:
        # All at once: each of them waits for something at times, and another one works then.
        shown_later = {name: pool.submit(_run, command) for name, command in beside.items()}
        codes = [subprocess.run([*_IN_THREE, "-m", slow], check=False).returncode]
        for name, done in shown_later.items():
            print(f"\n{name}:\n{done.result().stdout}", flush=True)
            codes.append(done.result().returncode)
    return int(any(codes))


def _run(command: list[str | Path]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def database_files() -> list[Path]:
    """Those with tests for PostgreSQL: to collect all the others takes longer than to run these."""
    return [file for file in sorted(TESTS.rglob("test_*.py")) if "mark.database" in file.read_text()]


if __name__ == "__main__":
    sys.exit(main())
