"""A visitor who reads and types Korean."""

import json
import time

import pytest
from playwright.sync_api import expect

from tests.browser.test_battle import LONG, violations


@pytest.fixture
def korean(browser, arena):
    context = browser.new_context(base_url=arena.url, locale="ko-KR", viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


COMPOSING_ENTER = """(box) => box.dispatchEvent(new KeyboardEvent("keydown",
  { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true, isComposing: true, keyCode: 229 }))"""


def test_half_a_syllable_is_never_sent(korean):
    korean.goto("/")
    box = korean.get_by_label("프롬프트")
    box.click()
    keyboard = korean.context.new_cdp_session(korean)
    keyboard.send("Input.imeSetComposition", {"text": "하", "selectionStart": 1, "selectionEnd": 1})
    box.evaluate(COMPOSING_ENTER)
    korean.wait_for_timeout(300)
    assert korean.url.endswith("/")
    keyboard.send("Input.insertText", {"text": "한글로 인사해 줘."})
    expect(box).to_have_value("한글로 인사해 줘.")
    korean.keyboard.press("Control+Enter")
    korean.wait_for_url("**/battles/*/")
    expect(korean.locator(".turn__prompt")).to_contain_text("한글로 인사해 줘.")


def test_a_battle_is_played_in_korean_from_the_first_page_to_the_board(korean):
    korean.goto("/")
    korean.get_by_label("프롬프트").fill("바다는 왜 짠가요?")
    korean.get_by_role("button", name="대결 시작").click()
    expect(korean.get_by_role("button", name="A가 나아요")).to_be_enabled(timeout=LONG)
    assert violations(korean) == []
    korean.get_by_role("button", name="A가 나아요").click()
    expect(korean.get_by_role("heading", name="내 투표: A가 나아요.")).to_be_visible()
    assert violations(korean) == []
    korean.get_by_role("link", name="리더보드 보기").click()
    expect(korean.get_by_role("heading", name="리더보드")).to_be_visible()
    assert korean.locator("html").get_attribute("lang") == "ko"


def test_rows_come_to_an_open_board_in_its_language(korean, arena):
    frames = []
    korean.on("websocket", lambda ws: ws.on("framereceived", lambda frame: frames.append(json.loads(frame))))
    korean.goto("/leaderboard/")
    korean.wait_for_timeout(500)
    push = "from arena.leaderboard.live import push_leaderboard; push_leaderboard()"
    arena.manage("shell", "--verbosity=0", "--command", push)
    expect(korean.locator("[data-board-facts]")).to_contain_text("모델")
    deadline = time.monotonic() + 15
    while not frames and time.monotonic() < deadline:
        korean.wait_for_timeout(100)  # what came is looked at meanwhile
    assert any("모델 " in frame["facts"] for frame in frames)


def test_the_language_is_switched_in_the_footer(korean):
    korean.goto("/how-it-works/")
    korean.get_by_role("button", name="English").click()
    expect(korean.get_by_role("heading", name="How it works", level=1)).to_be_visible()
    korean.get_by_role("button", name="한국어").click()
    expect(korean.get_by_role("heading", name="이용 방법", level=1)).to_be_visible()
