"""All tests on SQLite and, beside them, those of the database on PostgreSQL: `python -m tests.both_databases`.

What is written beside is shown when all are done. Ends with 1 if any failed. --slow: the slow tests too.
"""

import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TESTS = Path(__file__).parent
#: Those that load torch: one process needs the seconds and the memory for it, and not each.
WITH_MODELS = (TESTS / "backends", TESTS / "entries", TESTS / "moderation")
_PYTEST = (sys.executable, "-m", "pytest", "-q")
#: Two of the three begin with what plays in the arena and in the browser, which waits more than it works.
_IN_THREE = (*_PYTEST, "-n", "3", "--dist", "loadgroup", *(f"--ignore={folder}" for folder in WITH_MODELS))
_ON_POSTGRESQL = (sys.executable, "-m", "tests.provide.postgresql", *_PYTEST)


def main() -> int:
    """1 if a test failed, else 0."""
    slow = "" if "--slow" in sys.argv else "not slow"
    on_database = f"database and {slow}" if slow else "database"
    on_postgresql: list[str | Path] = [*_ON_POSTGRESQL, "-m", on_database, *database_files()]
    with_models: list[str | Path] = [*_PYTEST, "-m", slow, *WITH_MODELS]
    with ThreadPoolExecutor() as pool:
        beside = [pool.submit(_output_of, command) for command in (on_postgresql, with_models)]
        codes = [subprocess.run([*_IN_THREE, "-m", slow], check=False).returncode]
        for name, waiting in zip(("On PostgreSQL", "With models"), beside, strict=True):
            code, output = waiting.result()
            codes.append(code)
            print(f"\n{name}:\n{output}", flush=True)
    return int(any(codes))


def _output_of(command: Sequence[str | Path]) -> tuple[int, str]:
    """What the command ended with, and what it wrote."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def database_files() -> list[Path]:
    """Those with tests for PostgreSQL: to collect all the others takes longer than to run these."""
    return [file for file in sorted(TESTS.rglob("test_*.py")) if "mark.database" in file.read_text()]


if __name__ == "__main__":
    sys.exit(main())
