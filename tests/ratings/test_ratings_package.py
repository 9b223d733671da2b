"""What holds for the package as a whole: whom it imports, how it fails, and that its example is true."""

import ast
import doctest
import importlib
import sys
from pathlib import Path

import pytest

import ratings

FOLDER = Path(ratings.__file__).parent
MODULES = sorted(path.relative_to(FOLDER.parent) for path in FOLDER.rglob("*.py"))
ALLOWED = {*sys.stdlib_module_names, "numpy", "scipy", "pyarrow", "threadpoolctl", "ratings"}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "ratings" if node.level else node.module.split(".")[0]


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_ratings_import_only_the_standard_library_numpy_scipy_pyarrow_and_threadpoolctl(module):
    assert set(imported(FOLDER.parent / module)) <= ALLOWED


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_every_error_is_a_ratings_error_and_stands_in_the_drawn_tree(module):
    loaded = importlib.import_module(".".join(module.with_suffix("").parts).removesuffix(".__init__"))
    tree = importlib.import_module("ratings.errors").__doc__
    for name, thing in vars(loaded).items():
        if isinstance(thing, type) and issubclass(thing, Exception) and thing.__module__ == loaded.__name__:
            assert issubclass(thing, ratings.RatingsError)
            assert f" {name} " in f" {tree} ".replace("\n", " ")


def test_the_worked_example_of_the_package_is_true():
    outcome = doctest.testmod(ratings)
    assert outcome.attempted > 0
    assert outcome.failed == 0
