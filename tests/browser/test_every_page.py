"""What holds for all pages: axe has nothing to say, and nothing is wider than the screen."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_battle import start, violations, wait_until_answered

PAGES = (
    "/",
    "/?topic=code",
    "/chat/",
    "/leaderboard/",
    "/how-it-works/",
    "/terms/",
    "/privacy/",
    "/api/v1/docs",
    "/recorded/",
    "/history/",
    "/history/board/",
    "/history/delete/",
)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_an_accessibility_violation(page, theme):
    page.emulate_media(color_scheme=theme)
    for address in PAGES:
        page.goto(address)
        assert violations(page) == [], address


def test_no_state_of_a_battle_has_an_accessibility_violation(page):
    start(page, "Say hello.")
    assert violations(page) == [], "a running battle"
    wait_until_answered(page)
    assert violations(page) == [], "an answered battle"
    page.get_by_role("button", name="Tie").click()
    assert violations(page) == [], "an armed vote"
    expect(page.locator("[data-reveal]")).to_be_visible()
    assert violations(page) == [], "the reveal"
    page.get_by_text("Say why").click()
    assert violations(page) == [], "the reasons"


def test_no_state_on_a_phone_has_an_accessibility_violation(page):
    page.set_viewport_size({"width": 390, "height": 844})
    start(page, "Say hello.")
    wait_until_answered(page)
    assert violations(page) == [], "an answered battle"
    page.get_by_role("button", name="Tie").click()
    expect(page.locator("[data-reveal]")).to_be_visible()
    assert violations(page) == [], "the reveal"
    page.get_by_text("Share", exact=True).click()
    page.get_by_role("button", name="Make the address").click()
    page.goto(page.get_by_label("Whoever has this address").input_value())
    assert violations(page) == [], "the shared page"


def test_nothing_is_wider_than_320_pixels(page):
    page.set_viewport_size({"width": 320, "height": 640})
    start(page, "Say hello with a very-long-word-" + "x" * 80)
    wait_until_answered(page)
    for address in (page.url, *PAGES):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address


def test_a_page_that_is_not_there_is_accessible_too(browser, arena):
    page = browser.new_page(base_url=arena.url, viewport={"width": 320, "height": 640})
    page.goto("/nowhere/")
    assert violations(page) == []
    page.close()
