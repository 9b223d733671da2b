from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.light_arena.running import LightArena
from tests.provide.chromium import opened
from tests.running import RunningArena

#: What is waited for comes from other processes, which on a busy machine get little of it.
expect.set_options(timeout=30_000)


# One browser for this folder: its event loop must not outlive it, other tests have loops of their own.
@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    with opened(chromium) as launched:
        yield launched


@pytest.fixture
def site(light_arena: LightArena) -> LightArena:
    """What `page` visits. A module whose battles need real models puts the whole arena in its place."""
    return light_arena


@pytest.fixture
def page(browser: Browser, site: LightArena | RunningArena) -> Iterator[Page]:
    """A page in which any error or refused script fails the test."""
    context = browser.new_context(base_url=site.url, viewport={"width": 1280, "height": 800})
    shown, problems = context.new_page(), []
    shown.on("pageerror", lambda error: problems.append(str(error)))
    shown.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    yield shown
    context.close()
    assert problems == []
