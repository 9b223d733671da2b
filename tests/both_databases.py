"""All tests on SQLite and, beside them, those of the database on PostgreSQL: `python -m tests.both_databases`.

What is written beside is shown when all are done. Ends with 1 if any failed. --slow: the slow tests too.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

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
    on_postgresql: list[str | Path] = [
        *_ON_POSTGRESQL,
        "-m",
        f"database and {slow}" if slow else "database",
        *database_files(),
    ]
    with_models: list[str | Path] = [*_PYTEST, "-m", slow, *WITH_MODELS]
    with tempfile.TemporaryFile("w+") as shown_later, ThreadPoolExecutor() as pool:
        beside = pool.submit(_are_passed, on_postgresql, with_models, output=shown_later)
        passed = [_are_passed([*_IN_THREE, "-m", slow]), beside.result()]
        shown_later.seek(0)
        print(f"\nOn PostgreSQL, and those with models:\n{shown_later.read()}", flush=True)
    return int(not all(passed))


def _are_passed(*commands: Sequence[str | Path], output: IO[str] | None = None) -> bool:
    """Whether each of the commands, run one after the other, ended with 0. output: None for the terminal."""
    codes = [subprocess.run(command, stdout=output, stderr=output, check=False).returncode for command in commands]
    return not any(codes)


def database_files() -> list[Path]:
    """Those with tests for PostgreSQL: to collect all the others takes longer than to run these."""
    return [file for file in sorted(TESTS.rglob("test_*.py")) if "mark.database" in file.read_text()]


if __name__ == "__main__":
    sys.exit(main())
