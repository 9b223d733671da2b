"""What every test stands on. The fixtures are in the modules that `pytest_plugins` names."""

import django
import pytest

from tests.provide.environment import ENVIRONMENT

# Before anything reads the settings. This is why pyproject.toml names no settings module: pytest-django would read
# them before this file.
ENVIRONMENT.enter()
django.setup()

pytest_plugins = ["tests.provide.fixtures", "tests.running"]


def pytest_unconfigure(config: pytest.Config) -> None:
    ENVIRONMENT.remove()
