"""What a thumb meets on a phone."""

import pytest
from playwright.sync_api import expect

from tests.browser.playing import a_later_request, show, start, violations, wait_until_answered
from tests.light_arena import rows

FINGER = 44
SHOWN = """all => all.filter(one => one.checkVisibility()).map(one =>
  [one.innerText, one.getBoundingClientRect().height])"""
#: Two that never met the arena's own entries, so that the board has two groups.
STRANGERS = "model_a,model_b,winner\nzebra,okapi,model_a\nokapi,zebra,tie\n"


@pytest.fixture
def phone(browser, site):
    context = browser.new_context(
        base_url=site.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    yield context.new_page()
    context.close()


def low(phone, *selectors):
    """Of what one taps, what is lower than a finger. All of it is there now: some of it is so for seconds only."""
    found = {selector: phone.locator(selector).evaluate_all(SHOWN) for selector in selectors}
    assert all(found.values()), found
    return [(name, height) for shown in found.values() for name, height in shown if height < FINGER]


def test_what_is_tapped_in_haste_is_as_high_as_a_finger_and_a_new_battle_is_in_reach(phone, light_arena):
    show(phone, light_arena.do(rows.running_battle))
    expect(phone.locator("[data-text]").first).to_have_text("An ans")
    assert low(phone, "[data-stop]", "[data-side]") == []
    start(phone)
    wait_until_answered(phone)
    phone.get_by_role("button", name="Tie").tap()
    assert low(phone, "[data-undo]", "[data-side]") == []
    expect(phone.locator("[data-reveal]")).to_be_visible()
    expect(phone.get_by_role("link", name="New battle")).to_be_in_viewport(ratio=1)
    assert violations(phone) == []
    phone.set_viewport_size({"width": 320, "height": 640})
    assert phone.locator(".reveal__actions").bounding_box()["height"] <= 640 / 5
    phone.get_by_text("Say why").tap()
    assert low(phone, ".reasons label:has(input)") == []
    expect(phone.get_by_role("button", name="Send")).to_be_visible()


def test_nothing_makes_room_for_buttons_when_a_battle_is_loaded(phone, light_arena):
    moved = "list => window.moved.push(...list.getEntries().flatMap(one => one.sources.map(it => it.node?.className)))"
    phone.add_init_script(
        f"window.moved = []; new PerformanceObserver({moved}).observe({{type: 'layout-shift', buffered: true}})"
    )
    phone.set_viewport_size({"width": 320, "height": 640})
    show(phone, light_arena.do(rows.battle))
    expect(phone.get_by_role("button", name="Copy").first).to_be_visible()
    expect(phone.get_by_role("button", name="Show differences")).to_be_attached()
    a_later_request(phone)
    assert phone.evaluate("window.moved") == []


def test_the_sentence_above_a_group_is_read_whole(phone, light_arena, tmp_path):
    start(phone)
    wait_until_answered(phone)
    phone.get_by_role("button", name="Tie").tap()
    expect(phone.locator("[data-reveal]")).to_be_visible()
    (tmp_path / "strangers.csv").write_text(STRANGERS)
    light_arena.do(rows.run, command=["import_votes", str(tmp_path / "strangers.csv")])
    phone.set_viewport_size({"width": 320, "height": 640})
    phone.goto("/leaderboard/")
    said = phone.get_by_text("Group 1: these have met").bounding_box()
    assert said["x"] + said["width"] <= 320
