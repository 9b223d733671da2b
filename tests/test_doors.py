"""What the product can do, somebody can ask it to do: by a page, a command, the API or a task."""

import ast
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = [
    path for top in ("arena", "templates") for path in (ROOT / top).rglob("*") if path.suffix in (".py", ".html")
]
#: Called by a framework: by its place or by its name in the settings.
BY_NAME = {"version_context", "problems", "HashedStaticFiles", "application", "app", "LimitedBodies"}


def public_functions(path):
    """Functions of a module that no decorator hands to a framework."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return [f.name for f in functions if not f.name.startswith("_") and not f.decorator_list]


def unreached(paths, mentioned):
    """Names of public functions that the product says only once: where they are defined."""
    names = [(path, name) for path in paths for name in public_functions(path)]
    return [f"{path.relative_to(ROOT)}: {name}" for path, name in names if mentioned[name] < 2 and name not in BY_NAME]


def test_each_public_function_is_reached_by_the_product_itself():
    words = Counter(word for path in PRODUCT for word in re.findall(r"\w+", path.read_text(encoding="utf-8")))
    modules = [path for path in PRODUCT if path.suffix == ".py" and "migrations" not in path.parts]
    assert unreached(modules, words) == []


def test_a_function_that_only_tests_call_is_seen():
    mentioned = Counter({"exclude_votes": 1})
    found = unreached([ROOT / "arena" / "votes" / "exclude.py"], mentioned)
    assert "arena/votes/exclude.py: exclude_votes" in found
