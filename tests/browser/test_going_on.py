"""A battle goes on in its page: the box in the bar, what comes without a reload, and a bar that covers no answer."""

import pytest
from playwright.sync_api import expect

from tests.browser.playing import LONG, show, wait_until_answered
from tests.light_arena import rows

#: What has moved though no key or click explains it.
MEASURE = """window.shifts = [];
new PerformanceObserver((list) => window.shifts.push(...list.getEntries().filter((one) => !one.hadRecentInput)
  .flatMap((one) => one.sources.map(({ node }) => (node?.outerHTML ?? node?.textContent ?? "").slice(0, 90)))))
  .observe({ type: "layout-shift", buffered: true });"""
FOCUS = "document.activeElement.closest('.turn')?.id ?? document.activeElement.outerHTML.slice(0, 80)"
LONG_ANSWER = "\n\n".join(["Rivers carry salts into the sea, and only water leaves it."] * 40)


@pytest.fixture
def answered(page, light_arena):
    """An answered battle; what its page measures; a mark on the page that a reload would wipe."""
    page.add_init_script(MEASURE)
    show(page, light_arena.do(rows.battle))
    expect(page.locator("[data-keys]:not([hidden])")).to_be_attached()
    page.evaluate("window.isTheSame = true")
    return page


def ask(page):
    return page.get_by_label("Your next prompt")


def test_a_follow_up_by_enter_comes_into_the_page_and_nothing_jumps(answered):
    expect(ask(answered)).to_be_in_viewport(ratio=1)
    ask(answered).fill("And at night?")
    ask(answered).press("Shift+Enter")
    ask(answered).press_sequentially("In short")
    assert ask(answered).input_value() == "And at night?\nIn short"
    ask(answered).press("Enter")
    expect(answered.locator(".turn")).to_have_count(2)
    assert answered.evaluate(FOCUS) == "turn-2"
    wait_until_answered(answered)
    assert answered.evaluate(FOCUS) == "turn-2"
    expect(answered.locator("#turn-2 .answer[data-state=done]")).to_have_count(2)
    expect(ask(answered)).to_be_in_viewport(ratio=1)
    answered.keyboard.press("3")
    answered.keyboard.press("Enter")
    expect(answered.locator("[data-reveal]")).to_be_focused()
    expect(answered.locator("#turn-1 [data-answer-name]").first).to_have_text("SmolLM2 135M, three steps")
    assert answered.evaluate("[window.isTheSame, window.shifts]") == [True, []]


def test_answering_again_takes_no_reload_and_keeps_the_focus(answered):
    answered.get_by_role("button", name="Answer again").click()
    expect(answered.get_by_text("Earlier answers to this prompt")).to_be_visible()
    expect(answered.locator(".turn")).to_have_count(1)
    assert answered.evaluate(FOCUS) == "turn-2"
    wait_until_answered(answered)
    assert answered.evaluate("[window.isTheSame, window.shifts]") == [True, []]


def test_stopping_takes_no_reload_and_puts_the_focus_on_the_vote(page, light_arena):
    page.add_init_script(MEASURE)
    show(page, light_arena.do(rows.running_battle))
    expect(page.locator("[data-text]").first).to_have_text("An ans")
    page.evaluate("window.isTheSame = true")
    page.get_by_role("button", name="Stop both").click()
    expect(page.get_by_role("button", name="A is better")).to_be_focused()
    assert page.evaluate("[window.isTheSame, window.shifts]") == [True, []]


def test_a_follow_up_that_is_refused_keeps_its_text_and_the_focus(browser, light_arena):
    page = browser.new_context(base_url=light_arena.url).new_page()
    show(page, light_arena.do(rows.battle))
    page.evaluate("window.isTheSame = true")
    ask(page).fill("x" * 12_001)
    ask(page).press("Enter")
    expect(page.get_by_role("alert").filter(has_text="12,001 characters")).to_be_visible()
    expect(ask(page)).to_be_focused()
    assert len(ask(page).input_value()) == 12_001
    assert page.evaluate("window.isTheSame")
    page.context.close()


@pytest.mark.parametrize(("width", "height", "share"), [(640, 400, 0.2), (320, 640, 0.25), (1280, 800, 0.2)])
@pytest.mark.parametrize("row", [rows.battle, rows.running_battle])
def test_the_bar_leaves_the_screen_to_the_answers(page, light_arena, width, height, share, row):
    page.set_viewport_size({"width": width, "height": height})
    show(page, light_arena.do(row))
    expect(page.locator(".vote-bar")).to_be_in_viewport()
    assert page.locator(".vote-bar").bounding_box()["height"] <= share * height
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_start_box_says_its_keys_and_enter_sends_it(page):
    page.goto("/")
    expect(page.get_by_text("Enter sends, Shift Enter starts a new line")).to_be_visible()
    page.get_by_label("Your prompt").press_sequentially("Say hello.")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("Twice.")
    page.keyboard.press("Enter")
    expect(page.locator(".turn__typed")).to_have_text("Say hello.Twice.", timeout=LONG)


def test_on_a_phone_enter_begins_a_line_and_below_a_short_answer_nothing_is_blank(browser, light_arena):
    size = {"width": 390, "height": 844}
    context = browser.new_context(base_url=light_arena.url, viewport=size, has_touch=True, is_mobile=True)
    phone = context.new_page()
    show(phone, light_arena.do(rows.battle, first="Short.", second=LONG_ANSWER))
    expect(phone.locator("[data-sides]")).to_be_visible()
    phone.get_by_label("Your next prompt").press_sequentially("One")
    phone.keyboard.press("Enter")
    expect(phone.get_by_label("Your next prompt")).to_have_value("One\n")
    phone.get_by_label("Your next prompt").fill("")
    phone.locator("body").tap(position={"x": 5, "y": 300})
    assert phone.evaluate("document.documentElement.scrollHeight") <= 844
    phone.get_by_role("button", name="B", exact=True).tap()
    expect(phone.locator(".answer--b .answer__name")).to_be_in_viewport(ratio=1)
    phone.locator(".answer--b [data-text] > :last-child").scroll_into_view_if_needed()
    phone.get_by_role("button", name="A", exact=True).tap()
    expect(phone.get_by_text("Short.")).to_be_in_viewport(ratio=1)
    context.close()
