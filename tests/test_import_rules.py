"""Who may import whom: docs/architecture.md as a test."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

#: What each part of `arena` may import from `arena` and `ratings`; the most specific name holds.
MAY_IMPORT = {
    "arena.backends": {"arena.backends"},
    "arena.categories": {"arena.categories", "arena.markup"},
    "arena.formats": {"arena.formats", "ratings"},
    "arena.markup": set(),
    "arena.answers.events": set(),
    "arena.models": {"arena.models"},
    "arena.people.voters": {"arena.models"},
    "arena.people.tokens": {"arena.models"},
    "arena.scoring.comparisons": {"arena.models", "ratings"},
    "arena.scoring.counted_votes": {"arena.models", "arena.scoring.comparisons", "arena.scoring.vote_features"},
    "arena.scoring.pair_sums": {"arena.models", "arena.scoring.comparisons"},
    "arena.pairing.draw": {"arena.models", "ratings"},
    "arena.answers.conversation": {"arena.models", "arena.backends"},
    "arena.battles.blind": {"arena.models", "arena.markup", "arena.scoring.comparisons", "ratings"},
    "arena.scoring.vote_features": {"arena.models", "arena.formats", "arena.scoring.turn_texts", "ratings"},
    "arena.scoring.turn_texts": {"arena.models", "arena.formats"},
    "arena.scoring.full_scan_boards": {
        "arena.models",
        "arena.scoring.comparisons",
        "arena.scoring.vote_features",
        "ratings",
    },
    "arena.scoring.board_rows": {"arena.models", "ratings"},
    "arena.leaderboard.board_categories": {"arena.models", "arena.scoring.vote_features"},
    "arena.answers.speeds": {"arena.models"},
    "arena.leaderboard.chance_words": set(),
    "arena.leaderboard": {
        "arena.leaderboard",
        "arena.leaderboard.board_categories",
        "arena.scoring.board_rows",
        "arena.leaderboard.chance_words",
        "arena.scoring.comparisons",
        "arena.answers.events",
        "arena.models",
        "arena.answers.speeds",
        "arena.scoring.full_scan_boards",
        "ratings",
    },
    "arena.queues": {"arena.celery"},
    "arena.answers.pacing": {"arena.answers.events"},
    "arena.answers.breakers": {"arena.backends"},
    "arena.leaderboard.board_changes": {"arena.models"},
    "arena.leaderboard.published": {"arena.models"},
    "arena.api": {
        "arena.api",
        "arena.actions",
        "arena.battles.blind",
        "arena.answers.conversation",
        "arena.answers.events",
        "arena.formats",
        "arena.battles.forms",
        "arena.leaderboard.head_to_head",
        "arena.leaderboard.model_page",
        "arena.models",
        "arena.answers.pacing",
        "arena.leaderboard.published",
        "arena.people.tokens",
    },
    "arena.consumers": {
        "arena.answers.events",
        "arena.answers.pacing",
        "arena.people.voters",
        "arena.leaderboard",
        "arena.models",
    },
}
NEVER_IMPORTED = {"arena.api", "arena.views", "arena.consumers", "arena.admin", "arena.management"}
DOORS = {"arena.api", "arena.urls", "arena.routing", "arena.asgi", "arena.views", "arena.management"}


def modules(package):
    for path in (ROOT / package).rglob("*.py"):
        if "migrations" in path.parts:
            continue
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        yield name, path


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_under(name, parents):
    return any(name == parent or name.startswith(parent + ".") for parent in parents)


def breaches(name, path):
    rules = [part for part in MAY_IMPORT if is_under(name, [part])]
    for imported in imports(path):
        if not is_under(imported, {"arena", "ratings"}):
            continue
        if rules and not is_under(imported, MAY_IMPORT[max(rules, key=len)] | {name}):
            yield f"{name} imports {imported}"
        if is_under(imported, NEVER_IMPORTED) and not is_under(name, DOORS):
            yield f"{name} imports {imported}"


@pytest.mark.parametrize(("name", "path"), list(modules("arena")), ids=lambda value: str(value).split("/")[-1])
def test_a_module_imports_only_what_its_place_allows(name, path):
    assert list(breaches(name, path)) == []


def test_the_rule_sees_a_breach(tmp_path):
    leaking = tmp_path / "events.py"
    leaking.write_text("from arena.models import Battle")
    assert list(breaches("arena.answers.events", leaking)) == ["arena.answers.events imports arena.models.Battle"]


def test_each_part_of_the_arena_has_its_place_in_the_architecture():
    described = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    parts = [path for path in (ROOT / "arena").iterdir() if path.is_dir() or path.suffix == ".py"]
    names = [f"`arena/{path.name}{'/' if path.is_dir() else ''}`" for path in parts]
    assert [name for name in names if name not in described and "__" not in name] == []


def test_the_web_process_never_loads_torch_or_transformers():
    code = "import arena.asgi, sys; sys.exit(bool({'torch', 'transformers'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
