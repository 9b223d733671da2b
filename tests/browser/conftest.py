from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.running import RunningArena


# One browser a module: its event loop must not outlive the module, other tests have loops of their own.
@pytest.fixture(scope="module")
def browser(chromium: Path | str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=str(chromium), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, arena: RunningArena) -> Iterator[Page]:
    """A page in which any error or refused script fails the test."""
    context = browser.new_context(base_url=arena.url, viewport={"width": 1280, "height": 800})
    opened, problems = context.new_page(), []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    yield opened
    context.close()
    assert problems == []
