"""Signing in, and the pages of an account, in a browser."""

from playwright.sync_api import expect

from tests.browser.playing import violations
from tests.light_arena import rows

PAGES = ("/account/", "/account/email/", "/account/password/", "/account/second/add/", "/account/logout/")


def test_one_signs_in_by_keyboard_and_reads_each_page_of_the_account_on_a_phone(page, light_arena):
    light_arena.do(rows.operator, name="olga", password="a long enough phrase")
    page.goto("/account/login/?next=/account/")
    assert violations(page) == []
    page.get_by_label("Name or e-mail address").fill("olga")
    page.keyboard.press("Tab")
    page.keyboard.type("a long enough phrase")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="olga")).to_be_visible()
    page.set_viewport_size({"width": 320, "height": 640})
    for address in PAGES:
        page.goto(address)
        assert violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") == 320, address
    page.goto("/account/second/add/")
    expect(page.get_by_role("img", name="The key as a picture")).to_be_visible()
