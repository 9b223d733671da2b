"""A visitor who reads and types Korean."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.playing import a_later_request, posts_of
from tests.light_arena import rows


@pytest.fixture
def korean(browser, site):
    context = browser.new_context(base_url=site.url, locale="ko-KR", viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


COMPOSING_ENTER = """(box) => box.dispatchEvent(new KeyboardEvent("keydown",
  { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true, isComposing: true, keyCode: 229 }))"""


def test_half_a_syllable_is_never_sent(korean):
    korean.goto("/")
    box = korean.get_by_label("프롬프트")
    box.click()
    posts = posts_of(korean)
    keyboard = korean.context.new_cdp_session(korean)
    keyboard.send("Input.imeSetComposition", {"text": "하", "selectionStart": 1, "selectionEnd": 1})
    box.evaluate(COMPOSING_ENTER)
    a_later_request(korean)
    assert posts == []
    assert korean.url.endswith("/")
    keyboard.send("Input.insertText", {"text": "한글로 인사해 줘."})
    expect(box).to_have_value("한글로 인사해 줘.")
    korean.keyboard.press("Control+Enter")
    korean.wait_for_url("**/battles/*/")
    expect(korean.locator(".turn__prompt")).to_contain_text("한글로 인사해 줘.")


def test_rows_come_to_an_open_board_in_its_language(korean, light_arena):
    with korean.expect_websocket() as opened:
        korean.goto("/leaderboard/")
    with opened.value.expect_event("framereceived", is_korean, timeout=30_000):
        light_arena.do(rows.vote)
    expect(korean.locator("[data-board-facts]")).to_contain_text("모델")


def is_korean(frame):
    return "모델 " in json.loads(frame)["facts"]


def test_the_language_is_switched_in_the_footer(korean):
    korean.goto("/how-it-works/")
    korean.get_by_role("button", name="English").click()
    expect(korean.get_by_role("heading", name="How it works", level=1)).to_be_visible()
    korean.get_by_role("button", name="한국어").click()
    expect(korean.get_by_role("heading", name="이용 방법", level=1)).to_be_visible()
