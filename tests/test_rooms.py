"""The house of docs/architecture.md. Who may import whom is the list in pyproject.toml, held by import-linter."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: Where frameworks look, and what wires the rooms together. A new thing goes into the room of its noun, not here.
WIRING = {
    "__init__.py",
    "admin.py",
    "apps.py",
    "asgi.py",
    "celery.py",
    "checks.py",
    "consumers.py",
    "queues.py",
    "routing.py",
    "settings.py",
    "tasks.py",
    "urls.py",
    "version.py",
    "warm_up.py",
}


def test_the_root_of_the_arena_takes_nothing_new():
    assert {path.name for path in (ROOT / "arena").glob("*.py")} == WIRING


def test_each_room_has_its_sentence_in_the_architecture():
    described = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = [path.name for path in (ROOT / "arena").iterdir() if path.is_dir() and path.name != "__pycache__"]
    assert [room for room in rooms if f"`arena/{room}/`" not in described] == []


def test_the_web_process_never_loads_torch_or_transformers():
    code = "import arena.asgi, sys; sys.exit(bool({'torch', 'transformers'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
