"""What a visitor does once there is a vote: say why, and go on."""

from playwright.sync_api import expect

from tests.browser.playing import show, wait_until_answered
from tests.light_arena import rows


def vote(page):
    wait_until_answered(page)
    page.get_by_role("button", name="A is better").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-reveal]")).to_be_visible()


def test_a_reason_unticks_its_opposite_on_its_own_side_alone(page, light_arena):
    show(page, light_arena.do(rows.battle))
    vote(page)
    page.get_by_text("Say why").click()
    first, second = page.get_by_role("group", name="SmolLM2").first, page.get_by_role("group", name="Small Llama")
    second.get_by_label("accurate", exact=True).check()
    first.get_by_label("accurate", exact=True).check()
    first.get_by_label("dull").check()
    first.get_by_label("inaccurate").check()
    expect(first.get_by_label("accurate", exact=True)).not_to_be_checked()
    expect(first.get_by_label("dull")).to_be_checked()
    expect(second.get_by_label("accurate", exact=True)).to_be_checked()


def test_an_open_reveal_learns_of_the_board_that_has_counted_the_vote(page, light_arena):
    for _ in range(3):
        light_arena.do(rows.vote)
    light_arena.do(rows.publish)
    show(page, light_arena.do(rows.battle))
    vote(page)
    page.get_by_text("About this model").first.click()
    expect(page.locator(".board-said")).to_contain_text("The board has counted your vote.")
    expect(page.locator(".standing").first).to_contain_text("→")
    expect(page.locator("details[open]")).to_have_count(1)


def test_n_goes_on_to_the_next_recorded_battle_and_not_while_one_types(page, light_arena):
    light_arena.do(rows.recorded, prompts=["What is a tide?", "What is a dune?"])
    page.goto("/recorded/")
    page.get_by_role("button", name="What is a tide?").click()
    vote(page)
    page.get_by_text("Say why").click()
    page.get_by_label("In your own words").press_sequentially("no")
    page.get_by_label("In your own words").blur()
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="What is a dune?")).to_be_visible()
