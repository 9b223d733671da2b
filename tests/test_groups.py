"""How tests are shared among processes."""

import os

import pytest


def test_who_needs_the_browser_is_in_the_group_of_the_pages(request, chromium):
    """With releases of pytest and pytest-xdist that do not fit, groups are not kept, and no word is said of it."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        pytest.skip("all tests run in one process")
    assert request.node.nodeid.endswith("@pages")
