from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.provide.chromium import opened
from tests.running import RunningArena


# One browser a module: its event loop must not outlive the module, other tests have loops of their own.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with opened(chromium) as launched:
        yield launched


@pytest.fixture
def page(browser: Browser, arena: RunningArena) -> Iterator[Page]:
    """A page in which any error or refused script fails the test."""
    context = browser.new_context(base_url=arena.url, viewport={"width": 1280, "height": 800})
    shown, problems = context.new_page(), []
    shown.on("pageerror", lambda error: problems.append(str(error)))
    shown.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    yield shown
    context.close()
    assert problems == []
