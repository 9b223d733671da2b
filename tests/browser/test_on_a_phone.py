"""What a thumb meets on a phone."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_battle import start, wait_until_answered

#: Two that never met the arena's own entries, so that the board has two groups.
STRANGERS = "model_a,model_b,winner\nzebra,okapi,model_a\nokapi,zebra,tie\n"


@pytest.fixture
def phone(browser, arena):
    context = browser.new_context(
        base_url=arena.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    yield context.new_page()
    context.close()


def test_the_sentence_above_a_group_is_read_whole(phone, arena, tmp_path):
    start(phone)
    wait_until_answered(phone)
    phone.get_by_role("button", name="Tie").tap()
    expect(phone.locator("[data-reveal]")).to_be_visible()
    (tmp_path / "strangers.csv").write_text(STRANGERS)
    arena.manage("import_votes", str(tmp_path / "strangers.csv"))
    phone.set_viewport_size({"width": 320, "height": 640})
    phone.goto("/leaderboard/")
    said = phone.get_by_text("Group 1: these have met").bounding_box()
    assert said["x"] + said["width"] <= 320
