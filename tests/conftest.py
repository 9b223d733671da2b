"""What every test stands on. The fixtures are in the modules that `pytest_plugins` names."""

import os

import django
import pytest
from django.conf import settings

from tests.provide.environment import ENVIRONMENT
from tests.provide.static_files import looking_once

# Before anything reads the settings. This is why pyproject.toml names no settings module: pytest-django would read
# them before this file.
ENVIRONMENT.enter()
django.setup()
# What makes guessing slow makes a log-in of a test slow too.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# One machine is all there is: nobody asks again, so that a test can count queries.
settings.FACE_SECONDS = float("inf")
settings.MIDDLEWARE = looking_once(settings.MIDDLEWARE)

pytest_plugins = ["tests.provide.fixtures", "tests.running", "tests.light_arena.running"]

#: Who plays in an arena with models, which is there once for all of them; and who needs the browser or the light arena
#: only. Each is one group, and so one process: more of them at once would be slower than their tests allow for.
_GROUPS = {"arena": {"arena", "mixed"}, "browser": {"chromium", "light_arena"}}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        needed = set(getattr(item, "fixturenames", ()))
        group = next((name for name, fixtures in _GROUPS.items() if fixtures & needed), None)
        if group:
            item.add_marker(pytest.mark.arena)
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Called before processes start that share the tests. Each has an environment of its own, and enters it above:
    with the settings named in what it inherits, pytest-django would read them before that."""
    del os.environ["DJANGO_SETTINGS_MODULE"]


def pytest_unconfigure(config: pytest.Config) -> None:
    ENVIRONMENT.remove()
