"""How tests are shared among processes."""

import os

import pytest

from tests.both_databases import database_files


def test_who_needs_the_browser_is_in_the_group_of_the_browser(request, chromium):
    """With releases of pytest and pytest-xdist that do not fit, groups are not kept, and no word is said of it."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        pytest.skip("all tests run in one process")
    assert request.node.nodeid.endswith("@browser")


def test_no_test_of_the_database_is_forgotten_on_postgresql(request):
    marked = {item.path for item in request.session.items if item.get_closest_marker("database")}
    assert marked <= set(database_files())
