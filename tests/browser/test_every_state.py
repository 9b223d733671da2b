"""axe has nothing to say about any state of any page, however it is looked at. Slow: only in `make test-all`."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.playing import show, violations
from tests.browser.test_every_page import PAGES
from tests.light_arena import rows

pytestmark = pytest.mark.slow

DESK, PHONE, SMALL = (1280, 800), (390, 844), (320, 640)
#: A desk at 200 %: the browser has half the pixels.
ENLARGED = (640, 400)
LOOKS: dict[str, dict[str, Any]] = {
    "desk": {"size": DESK},
    "desk, dark": {"size": DESK, "color_scheme": "dark"},
    "phone": {"size": PHONE},
    "phone, dark": {"size": PHONE, "color_scheme": "dark"},
    "small phone": {"size": SMALL},
    "small phone, dark": {"size": SMALL, "color_scheme": "dark"},
    "200 %": {"size": ENLARGED},
    "forced colours": {"size": DESK, "forced_colors": "active"},
    "Korean": {"size": PHONE, "locale": "ko-KR"},
}


@pytest.fixture(params=LOOKS)
def page(request, browser, light_arena):
    """A page that looks so; what it writes to the console is not asked here."""
    how = dict(LOOKS[request.param])
    width, height = how.pop("size")
    context = browser.new_context(base_url=light_arena.url, viewport={"width": width, "height": height}, **how)
    yield context.new_page()
    context.close()


def test_of_a_battle(page, light_arena):
    show(page, light_arena.do(rows.running_battle))
    expect(page.locator("[data-text]").first).to_have_text("An ans")
    assert violations(page) == [], "written"
    show(page, light_arena.do(rows.battle))
    assert violations(page) == [], "answered"
    page.locator("[name=choice]").nth(2).click()
    assert violations(page) == [], "armed"
    expect(page.locator("[data-reveal]")).to_be_visible()
    assert violations(page) == [], "revealed"
    for fold in page.locator("main summary").all():
        if fold.is_visible():
            fold.click()
    assert violations(page) == [], "everything unfolded"


def test_of_all_pages_of_a_voter(page, light_arena):
    show(page, light_arena.do(rows.battle))
    page.locator("[name=choice]").first.click()
    expect(page.locator("[data-reveal]")).to_be_visible()
    light_arena.do(rows.publish)
    for address in (*PAGES, "/nowhere/"):
        page.goto(address)
        assert violations(page) == [], address
