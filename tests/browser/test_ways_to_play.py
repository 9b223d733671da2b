"""A whole battle by keyboard alone, without JavaScript, and in Korean."""

from playwright.sync_api import expect

from tests.browser.playing import LONG, start, violations, wait_until_answered


def test_a_battle_can_be_played_by_keyboard_alone(page):
    page.goto("/")
    expect(page.get_by_label("Your prompt")).to_be_focused()
    page.keyboard.type("Say hello.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/battles/*/")
    wait_until_answered(page)
    page.get_by_role("button", name="B is better").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-reveal]")).to_be_focused()


def test_a_battle_can_be_played_without_javascript(browser, site):
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    start(page, "Say hello.")
    wait_until_answered(page, with_scripts=False)
    page.get_by_role("button", name="Both are bad").click()
    expect(page.get_by_role("heading", name="You found both bad:")).to_be_visible()
    page.goto("/leaderboard/?sort=votes")
    expect(page.locator(".board__table tbody tr").first).to_be_visible()
    context.close()


def test_a_battle_is_played_in_korean_from_the_first_page_to_the_board(browser, site):
    context = browser.new_context(base_url=site.url, locale="ko-KR", viewport={"width": 390, "height": 844})
    korean = context.new_page()
    korean.goto("/")
    korean.get_by_label("프롬프트").fill("바다는 왜 짠가요?")
    korean.get_by_role("button", name="대결 시작").click()
    expect(korean.get_by_role("button", name="A가 나아요")).to_be_enabled(timeout=LONG)
    assert violations(korean) == []
    korean.get_by_role("button", name="A가 나아요").click()
    expect(korean.get_by_role("heading", name="낫다고 골랐어요")).to_be_visible()
    assert violations(korean) == []
    korean.get_by_role("link", name="리더보드 보기").click()
    expect(korean.get_by_role("heading", name="리더보드")).to_be_visible()
    assert korean.locator("html").get_attribute("lang") == "ko"
    context.close()
